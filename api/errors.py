"""What can go wrong in the domain, in words of the domain; each front door maps these to its own form.

SawtError
 ├─ NotFound            what was named does not exist
 ├─ Conflict            what was asked does not fit the present state
 │   ├─ NotOpen         the consultation takes no answers now
 │   │   ├─ Lost        its key is not in the vault: ballots count, and none is cast or changed
 │   │   ├─ Spent       a vote was cast from this address already, by whoever had it before
 │   │   └─ TakenBack   staff took back what an agent typed for this person
 │   └─ AlreadyDone     it was done before
 ├─ Invalid             what was given is not well formed, or incomplete
 │   ├─ Untranslated    a text is missing in a language
 │   └─ WrongSetup      a setting, the database, its tables or the keys do not fit: an operator must act
 ├─ Forbidden           the caller may not do this
 ├─ Altered             what is stored no longer fits the hash that was published: it is shown to nobody
 └─ Unavailable         the database is locked or away: the caller should try again later
"""

from __future__ import annotations

from collections.abc import Iterable


class SawtError(Exception):
    """Something went wrong that a person can be told in one sentence."""

    def __init__(self, detail: str = "") -> None:
        """`detail` is a clear sentence for staff; it never holds an address or a message's text."""
        super().__init__(detail or (self.__doc__ or ""))


class NotFound(SawtError):
    """What was named does not exist."""


class Conflict(SawtError):
    """What was asked does not fit the present state."""


class NotOpen(Conflict):
    """The consultation takes no answers now."""


class Lost(NotOpen):
    """The consultation's key is not in the vault: its ballots count, and none can be cast or changed."""


class Spent(NotOpen):
    """A vote was cast from this address before it changed hands: no second one is taken from it."""


class TakenBack(NotOpen):
    """Staff took back what an agent typed for this person: it counts no more, and is not to be typed again."""


class AlreadyDone(Conflict):
    """It was done before."""


class Invalid(SawtError):
    """What was given is not well formed, or incomplete."""

    def __init__(self, detail: str = "", *, field: str = "", faults: Iterable[tuple[str, str]] = ()) -> None:
        """`field` is what is wrong, where that is one; `faults` name several, and what is wrong with each."""
        super().__init__(detail)
        self.faults = tuple(faults) or (((field, detail),) if field else ())


class Untranslated(Invalid):
    """A text is missing in a language."""


class WrongSetup(Invalid):
    """A setting, the database, its tables or the keys do not fit: an operator must act."""

    def __init__(self, detail: str, part: str = "settings") -> None:
        """`part` is what does not fit, in one word for readiness: settings, database, schema or keys."""
        super().__init__(detail)
        self.part = part


class Forbidden(SawtError):
    """The caller may not do this."""


class Altered(SawtError):
    """What is stored no longer fits the hash that was published: it is shown to nobody."""

    def __init__(self, code: str) -> None:
        """`code` is the consultation's."""
        super().__init__(f"the ballots of {code} no longer fit the hash that was published: they are not shown")
        self.code = code


class Unavailable(SawtError):
    """The database is locked or away: try again later."""
