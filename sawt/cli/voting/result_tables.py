"""Format a consultation's results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from api.consultations.content import PLACE
from api.results.schemas import AnswerCount, QuestionResults, Results
from api.suppression import FEWEST
from sawt.cli.cli_format import place, when
from sawt.cli.printing import Table

_WORDS = {"yes": "oui", "no": "non"}  # in French, since terminals shape Arabic badly
_HIDDEN = "hidden"  # a small group, or one that would reveal a small group's counts
_NOT_YET = "—"


def tables(results: Results) -> Iterator[Table]:
    """Yield a table of ballots, then one table for each question."""
    yield _ballots(results)
    for question in results.questions:
        yield _question(question, results)


def _ballots(results: Results) -> Table:
    title = f"{results.title['fr']} ({results.code}, {results.state})"
    table = Table(title=title, title_justify="left")
    for name in ("group", "", "ballots"):
        table.add_column(name, justify="right" if name == "ballots" else "left")
    fewer = f"fewer than {results.smallest_count}"
    table.add_row("all", "", fewer if results.ballots is None else str(results.ballots), style="bold")
    if results.complete is not None:
        table.add_row("complete", "", str(results.complete))
    if results.agents is not None:
        table.add_row("typed by agents", "", f"{results.agents.at_least} to {results.agents.at_most}")
    for group in sorted(results.groups):
        for name, count in results.groups[group].items():
            table.add_row(group, name, _count(count))
    return table


def how_counted(results: Results) -> str:
    """Return a sentence on how to read the counts while the vote is open; return "" once it is over."""
    step = results.smallest_count
    if results.shown == "steps":
        return (
            f"It is open: counts change only on the hour, after at least {step} new or changed ballots, and leave "
            f"out the latest {step}. The number of ballots moves in steps of {step}."
        )
    if results.shown == "withheld":
        return f"Fewer than {step} people took part: counts are withheld, so that nobody's answer can be guessed."
    if results.shown == "live":
        return "Live and exact counts, since smallest_count was 1 (demonstration); in a real vote they move in steps."
    return ""


def why_hidden(results: Results) -> str:
    """Return a sentence on why some groups' counts are hidden; return "" if no count is hidden."""
    counts = [count for named in results.groups.values() for count in named.values()]
    for question in results.questions:
        counts += [count for answer in question.answers for named in answer.by.values() for count in named.values()]
    if all(count is not None for count in counts):
        return ""
    fewest = max(results.smallest_count, FEWEST)
    return f"hidden: the group has fewer than {fewest} people, or would reveal one that has"


def _question(question: QuestionResults, results: Results) -> Table:
    title = f"{question.position}. {question.text['fr']}{_since(question)}"
    decides = question.decides if question.threshold is not None else ""
    table = Table(title=title, below=decides, title_justify="left")
    columns = _columns(question, results)
    table.add_column("answer", overflow="fold")
    table.add_column("count", justify="right", style="bold")
    for _, name in columns:
        table.add_column(name, justify="right")
    for answer in question.answers:
        counts = (_count(answer.by[group].get(name, 0)) for group, name in columns)
        table.add_row(_label(answer, question.kind), _NOT_YET if answer.count is None else str(answer.count), *counts)
    if not question.answers:
        total = _NOT_YET if question.values_given is None else str(question.values_given)
        table.add_row("(texts)", total, *("" for _ in columns))
    return table


def _columns(question: QuestionResults, results: Results) -> list[tuple[str, str]]:
    """Return the columns of a question's table, as (group, name): the groups with at least one visible count."""
    every = [(group, name) for group in sorted(results.groups) for name in results.groups[group]]
    if not question.answers:
        return []
    return [
        (group, name)
        for group, name in every
        if any(answer.by[group].get(name, 0) is not None for answer in question.answers)
    ]


def _since(question: QuestionResults) -> str:
    """Return how many ballots were counted and when, as in " (20 ballots, read at …)".

    Return "" if the counts do not change in steps.
    """
    return f" ({question.answered} ballots, read at {when(question.read_at)})" if question.read_at is not None else ""


def _count(count: int | None) -> str:
    return _HIDDEN if count is None else str(count)


def _label(answer: AnswerCount, kind: str) -> str:
    """Return an answer's label with its details in brackets. A province is labelled by code and name."""
    label = answer.label["fr"] if answer.label else _WORDS.get(answer.value, answer.value)
    label = place(answer.value) if kind == PLACE else label
    details = "; ".join(_details(answer))
    return f"{label} ({details})" if details else label


def _details(answer: AnswerCount) -> Iterator[str]:
    """Yield an option's details besides its count, such as its mean rank or points."""
    if answer.mean_rank is not None:
        yield f"mean rank {answer.mean_rank}"
    if answer.points is not None:
        yield f"{answer.points} points"
    if answer.stances is not None:
        stances = answer.stances
        yield f"{stances.agree} agree, {stances.disagree} disagree, {stances.passed} pass"
        for province, share in (answer.consensus or {}).items():
            if share is not None:
                yield f"{province} {share:.0%}"
    if answer.borda is not None:
        yield f"Borda share {answer.borda} %"
    if answer.chosen:
        yield "chosen"
    if answer.tied:
        yield "tied"
