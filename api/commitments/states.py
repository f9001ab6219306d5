"""The states of commitments, and the sources that assess them."""

from __future__ import annotations

from enum import StrEnum


class Progress(StrEnum):
    """The state of a commitment. LATE is derived from due dates; it is never reported as a status."""

    PLANNED = "planned"
    ON_TRACK = "on_track"
    BLOCKED = "blocked"
    DONE = "done"
    LATE = "late"


class Source(StrEnum):
    """Who assesses a commitment: the people who do the work, the Council (on OGP's form), or the monitoring body."""

    OPERATIONAL = "operational"
    SELF_ASSESSED = "self_assessed"
    MONITORING = "monitoring"
