"""What `sawt doctor` says of the rules in force: the database has them, once a service has started on it."""

from __future__ import annotations

from collections.abc import Iterator

from api.db import Database
from api.rules.service import Book
from api.rules.values import Values
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.preconditions import Ground

_WHAT = "rules in force"
_SHOWN = ("approval_above", "campaigns_per_week", "day_budget", "smallest_count")  # prices and days have lines too


async def in_force(settings: Settings) -> tuple[Settings, list[Finding]]:
    """The settings with the rules that hold in place of those of the same names, and what is worth saying of them."""
    values = await _read(settings)
    if values is None:  # what is wrong with the database is said elsewhere
        return settings, []
    rules = {name: getattr(values, name) for name in Values.model_fields}
    found = settings.model_copy(update={**rules, "prices": list(values.prices), "ramadan": list(values.ramadan)})
    return found, [_said(values), *_unheard(settings, values)]


async def _read(settings: Settings) -> Values | None:
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=Ground(settings))
        async with db.transaction() as session:
            return await Book(Values.of(settings)).renew(session)
    except Exception:  # whatever a driver raises
        return None
    finally:
        if db is not None:
            await db.close()


def _said(values: Values) -> Finding:
    each = (f"{name} {_shown(getattr(values, name))}" for name in _SHOWN)
    return Finding(_WHAT, True, f"{', '.join(each)}: see 'sawt rules list'")


def _unheard(settings: Settings, values: Values) -> Iterator[Finding]:
    """Settings that say something else than the rule, which is what holds."""
    given = Values.of(settings)
    for name in sorted(set(Values.model_fields) & settings.model_fields_set):
        if getattr(given, name) != getattr(values, name):
            words = f"not heeded: 'sawt rules list' says what holds, 'sawt rules set {name}' changes it"
            yield Finding(f"SAWT_{name.upper()}", None, words)


def _shown(value: object) -> str:
    return "no limit" if value is None else str(value)
