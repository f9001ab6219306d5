"""The one place that knows what time it is, so that a test can say so."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MOROCCO = ZoneInfo("Africa/Casablanca")  # whose offset changes for Ramadan: always ask the zone

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, with its time zone (UTC)."""
    return datetime.now(UTC)
