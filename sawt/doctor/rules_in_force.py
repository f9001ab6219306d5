"""`sawt doctor` on the rules in force. A service stores them in the database when it first starts."""

from __future__ import annotations

from collections.abc import Iterator

from api.db import Database
from api.rules.service import Book
from api.rules.values import Values
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.preconditions import DatabaseGuard

_SUBJECT = "rules in force"
_SHOWN = ("approval_above", "campaigns_per_week", "day_budget", "smallest_count")  # other checks report prices and days


async def in_force(settings: Settings) -> tuple[Settings, list[Finding]]:
    """Apply the rules in force to the settings. Return the resulting settings, and the findings about the rules."""
    values = await _read(settings)
    if values is None:  # other checks report what is wrong with the database
        return settings, []
    rules = {name: getattr(values, name) for name in Values.model_fields}
    effective = settings.model_copy(update={**rules, "prices": list(values.prices), "ramadan": list(values.ramadan)})
    return effective, [_summary(values), *_ignored(settings, values)]


async def _read(settings: Settings) -> Values | None:
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=DatabaseGuard(settings))
        async with db.transaction() as session:
            return await Book(Values.of(settings)).renew(session)
    except Exception:  # drivers raise many kinds of errors
        return None
    finally:
        if db is not None:
            await db.close()


def _summary(values: Values) -> Finding:
    each = (f"{name} {_shown(getattr(values, name))}" for name in _SHOWN)
    return Finding(_SUBJECT, True, f"{', '.join(each)} (see 'sawt rules list')")


def _ignored(settings: Settings, values: Values) -> Iterator[Finding]:
    """Yield a finding for each setting that a rule in force overrides."""
    own = Values.of(settings)
    for name in sorted(set(Values.model_fields) & settings.model_fields_set):
        if getattr(own, name) != getattr(values, name):
            words = (
                f"this setting is ignored, because the rule in force differs. To change the rule: sawt rules set {name}"
            )
            yield Finding(f"SAWT_{name.upper()}", None, words)


def _shown(value: object) -> str:
    return "no limit" if value is None else str(value)
