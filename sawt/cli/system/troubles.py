"""Describe what is stuck or failing, for `sawt today` and `sawt doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from api.workflows.overview.trouble_schemas import CampaignStuck, Overdue, RoadFailing, Troubles

_OVERDUE = {
    "launch": "the launch of {of} is overdue",
    "opening": "the opening of {of} is overdue",
    "closing": "the closing of {of} is overdue",
    "claim": "messages on {of} were claimed by a process that ended",
}
_NOBODY = "no process does background work (SAWT_BACKGROUND), or it fails: see /readyz and the log"


class Trouble(NamedTuple):
    """One problem: its kind, a sentence about it, when it began, and a command that shows more about it."""

    kind: str
    words: str
    since: datetime | None
    command: str


def troubles_of(troubles: Troubles) -> Iterator[Trouble]:
    """Yield the problems, the worst first: overdue work, then campaigns, roads and budget."""
    yield from map(_overdue, troubles.overdue)
    yield from map(_stuck, troubles.stuck)
    yield from map(_failing, troubles.failing)
    if troubles.budget is not None:
        rest = "messages wait for tomorrow" if troubles.budget.waits else "it is nearly used up"
        words = f"{troubles.budget.spent:g} of today's {troubles.budget.ceiling:g} are spent: {rest}"
        yield Trouble("budget", words, None, "campaign list")


def _overdue(each: Overdue) -> Trouble:
    if each.what == "messages":
        words = f"replies or notices wait on {each.of}, although it does not rest: {_NOBODY}"
        return Trouble("outbox", words, each.since, "lanes list")
    return Trouble("clock", f"{_OVERDUE[each.what].format(of=each.of)}: {_NOBODY}", each.since, "doctor")


def _stuck(each: CampaignStuck) -> Trouble:
    words = {
        "still": f"it runs and {each.count} messages wait, but none was handed over",
        "failing": f"{each.count} of its messages failed, at least half of them",
    }
    return Trouble(
        "stuck", f"{each.number}: {each.name}: {words[each.why]}", each.since, f"campaign report {each.number}"
    )


def _failing(each: RoadFailing) -> Trouble:
    if each.again:
        return Trouble("road", f"{each.road} rested and is tried again: {each.reason}", None, "lanes list")
    return Trouble("road", f"{each.road}: {each.failed} of the last {each.tried} messages failed", None, "lanes list")
