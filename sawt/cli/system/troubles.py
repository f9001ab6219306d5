"""What does not go on by itself, in words: for `sawt today` and `sawt doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from api.workflows.overview.trouble_schemas import CampaignStuck, Overdue, RoadFailing, Troubles

_OVERDUE = {
    "launch": "the launch of {of} is overdue",
    "opening": "the opening of {of} is overdue",
    "closing": "the closing of {of} is overdue",
    "claim": "messages on {of} were claimed by a process that is gone",
}
_NOBODY = "no process does what is due (SAWT_BACKGROUND), or it fails: see /readyz and the log"


class Trouble(NamedTuple):
    """One of them: in a word, in a sentence, since when, and the command that says more."""

    kind: str
    words: str
    since: datetime | None
    command: str


def troubles_of(found: Troubles) -> Iterator[Trouble]:
    """The worst first: what nobody does, then campaigns, roads and money."""
    yield from map(_overdue, found.overdue)
    yield from map(_stuck, found.stuck)
    yield from map(_failing, found.failing)
    if found.budget is not None:
        rest = "messages wait for tomorrow" if found.budget.waits else "near its end"
        words = f"{found.budget.spent:g} of today's {found.budget.ceiling:g} are spent: {rest}"
        yield Trouble("budget", words, None, "campaign list")


def _overdue(each: Overdue) -> Trouble:
    if each.what == "messages":
        words = f"replies or notices wait on {each.of}, which does not rest: {_NOBODY}"
        return Trouble("outbox", words, each.since, "lanes list")
    return Trouble("clock", f"{_OVERDUE[each.what].format(of=each.of)}: {_NOBODY}", each.since, "doctor")


def _stuck(each: CampaignStuck) -> Trouble:
    words = {
        "still": f"it runs, {each.count} messages wait, and none was handed over",
        "failing": f"{each.count} of its messages failed, half of them or more",
    }
    return Trouble(
        "stuck", f"{each.number}: {each.name}: {words[each.why]}", each.since, f"campaign report {each.number}"
    )


def _failing(each: RoadFailing) -> Trouble:
    if each.again:
        return Trouble("road", f"{each.road} rested, and is tried again: {each.reason}", None, "lanes list")
    return Trouble("road", f"{each.road}: {each.failed} of its latest {each.tried} failed", None, "lanes list")
