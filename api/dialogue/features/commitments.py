"""STATUS: lists the commitments of the Region's plan, and shows the state of one commitment in one or two SMS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from api.channel import Choice
from api.commitments import ground_checks, rules
from api.commitments import service as commitments
from api.commitments.content import CommitmentRecord, read
from api.commitments.ground_checks import GroundResult
from api.commitments.view_schemas import OriginOut
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.follows import follow_choice
from api.dialogue.features.names import match_name
from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import argument_number
from api.errors import NotFound
from api.i18n import Voice
from api.proposals import service as proposals
from api.text.formats import short_day

_STEP = "commitments"
_PROPOSALS, _IDEAS = 4, 9  # maximum number of characters for the numbers of proposals and of ideas
_MONTH, _YEAR = 30.44, 365.25  # days
_MONTHS_FROM, _YEARS_FROM = 60, 730
_STATES: dict[str, Callable[[Voice], str]] = {
    rules.PLANNED: lambda voice: voice("state.planned"),
    rules.ON_TRACK: lambda voice: voice("state.on_track"),
    rules.LATE: lambda voice: voice("state.late"),
    rules.BLOCKED: lambda voice: voice("state.blocked"),
    rules.DONE: lambda voice: voice("state.done"),
}


def describe(
    voice: Voice, commitment: CommitmentRecord, checks: list[GroundResult], origins: Sequence[OriginOut], today: date
) -> str:
    """Return a text for residents about a commitment.

    It gives the state, the next milestone, what residents reported about the milestones (ground checks), and the
    proposal that the commitment came from. If residents have reported nothing yet, there is also room for the ideas
    behind that proposal.
    """
    state = _STATES[commitment.state(today)](voice)
    lines = [voice("status.one", number=commitment.commitment.number, label=voice.pick(commitment.label), state=state)]
    milestone = commitment.upcoming()
    if milestone is not None:
        title, late = voice.pick(milestone.title), commitment.days_late(milestone, today)
        if milestone.due_on is None:
            lines.append(voice("status.undated", title=title))
        elif late:
            lines.append(overdue(voice, title, short_day(milestone.due_on), late))
        else:
            lines.append(voice("status.next", title=title, day=short_day(milestone.due_on)))
    published = [check for check in checks if check.public]
    if published:
        newest = [check for check in published if check.milestone_id == published[-1].milestone_id]
        yes, no = sum(check.yes or 0 for check in newest), sum(check.no or 0 for check in newest)
        lines.append(voice("status.ground", yes=yes, no=no))
    if origins:
        lines.append(_origins_line(voice, origins, short=bool(published)))
    return "\n".join(lines)


def overdue(voice: Voice, title: str, day: str, late: int) -> str:
    """Return a sentence that says how late a milestone is.

    The delay is given in days, from two months on in months, and from two years on in years.
    """
    if late < _MONTHS_FROM:
        return voice("status.late", title=title, day=day, count=late)
    if late < _YEARS_FROM:
        return voice("status.late.months", title=title, day=day, count=round(late / _MONTH))
    return voice("status.late.years", title=title, day=day, count=round(late / _YEAR))


def _origins_line(voice: Voice, origins: Sequence[OriginOut], *, short: bool) -> str:
    proposal_numbers = _first_fitting(voice, [origin.proposal for origin in origins], _PROPOSALS)
    ideas = [] if short else sorted(number for origin in origins for number in origin.ideas)
    count, other = len(proposal_numbers), voice.joined(proposal_numbers)
    if not ideas:
        return voice("status.proposal", count=count, other=other)
    fitting = _first_fitting(voice, ideas, _IDEAS)
    ideas_text = voice("status.ideas.named", count=len(fitting), numbers=voice.joined(fitting))
    return voice("status.ideas", count=count, other=other, ideas=ideas_text)


def _first_fitting(voice: Voice, numbers: Sequence[int], room: int) -> Sequence[int]:
    """Return as many of the first numbers as fit into the room, but at least one."""
    prefixes = [numbers[:count] for count in range(1, len(numbers) + 1)]
    return next((prefix for prefix in reversed(prefixes) if len(voice.joined(prefix)) <= room), prefixes[0])


async def _ask(turn: Turn) -> None:
    await _list(turn)


async def _list(turn: Turn) -> Outcome:
    plan = await commitments.current(turn.session)
    listed = await read(turn.session, plan) if plan is not None else []
    if not listed:
        turn.say("status.none")
        return await leave(turn)
    late = sum(commitment.state(commitments.today(turn.now)) == rules.LATE for commitment in listed)
    choices = tuple(Choice(f"status:{commitment.ref}", turn.voice.pick(commitment.label)) for commitment in listed)
    back = Choice("status:back", turn.voice("word.back"), action=True)
    turn.ask(_STEP, turn.voice("status.list", late=late), (*choices, back))
    return Outcome.SETTLED


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Show the list of commitments, or the commitment whose number or name follows the word STATUS."""
    plan = await commitments.current(turn.session)
    if utterance.argument is None or plan is None:
        return await _list(turn)
    number = argument_number(utterance.argument, turn.context.lexicon)
    if number is not None:
        return await _show(turn, f"{plan.code}/{number}")
    listed = await read(turn.session, plan)
    names = {
        commitment.ref: [*commitment.label.values(), *commitment.commitment.title.values()] for commitment in listed
    }
    return await _show(turn, match_name(utterance.argument, names) or "")


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    ref = utterance.choice_of("status")
    if ref == "back":
        return await leave(turn)
    return Outcome.MISSED if ref is None else await _show(turn, ref)


async def _show(turn: Turn, ref: str) -> Outcome:
    try:
        commitment = await commitments.named(turn.session, ref)
    except NotFound:
        turn.say("status.unknown")
        return await _list(turn)
    checks = await ground_checks.results(turn.session, commitment.milestones)
    origins = (await proposals.origins(turn.session, [commitment.commitment.id])).get(commitment.commitment.id, [])
    text = describe(turn.voice, commitment, checks, origins, commitments.today(turn.now))
    turn.conversation.put_away()
    if turn.conversation.consultation_id is not None:
        turn.lines.append(text)
        return Outcome.MOVED
    turn.ask("home", text, (await follow_choice(turn, commitment), home.menu_choice(turn)))
    return Outcome.SETTLED


FEATURE = Feature(
    name="commitments",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("menu.status"),
    words=("status",),
    commands=("status",),
    owns=("status",),
    steps={_STEP: Reads.ONE},
)
