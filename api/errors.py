"""Errors of the domain. The JSON API, the command line and conversations each show them in their own way.

SawtError
 ├─ NotFound                the named thing does not exist
 ├─ Conflict                not possible in the current state
 │   ├─ NotOpen             the consultation takes no answers now
 │   │   ├─ KeyLost         its key is not in the vault: existing ballots count, but none can be cast or changed
 │   │   ├─ AddressUsed     the previous owner of this address already voted from it
 │   │   └─ AnswersVoided   staff voided what an agent typed for this person
 │   └─ AlreadyDone         it was already done
 ├─ Invalid                 a value is missing or malformed
 │   ├─ Untranslated        a text is missing in a language
 │   └─ WrongSetup          the settings, database, schema or keys are wrong: an operator must act
 ├─ Forbidden               this person may not do this
 ├─ Altered                 stored data no longer matches its published hash and is not shown
 └─ Unavailable             the database is locked or unreachable: try again later
"""

from __future__ import annotations

from collections.abc import Iterable


class SawtError(Exception):
    """An error that can be explained to a person in one sentence."""

    def __init__(self, detail: str = "") -> None:
        """Store a sentence that explains the error to staff. It must never contain an address or a message text."""
        super().__init__(detail or (self.__doc__ or ""))


class NotFound(SawtError):
    """Something named does not exist."""


class Conflict(SawtError):
    """This is not possible in the current state."""


class NotOpen(Conflict):
    """The consultation takes no answers now."""


class KeyLost(NotOpen):
    """The consultation's key is not in the vault: existing ballots count, but none can be cast or changed."""


class AddressUsed(NotOpen):
    """The previous owner of this address already voted from it: no second ballot is accepted."""


class AnswersVoided(NotOpen):
    """Staff voided what an agent typed for this person: it no longer counts and must not be typed again."""


class AlreadyDone(Conflict):
    """It was already done."""


class Invalid(SawtError):
    """A value is missing or malformed."""

    def __init__(self, detail: str = "", *, field: str = "", faults: Iterable[tuple[str, str]] = ()) -> None:
        """Store the name of the wrong `field`, or (field, message) pairs as `faults` if several fields are wrong."""
        super().__init__(detail)
        self.faults = tuple(faults) or (((field, detail),) if field else ())


class Untranslated(Invalid):
    """A text is missing in a language."""


class WrongSetup(Invalid):
    """The settings, the database, its schema or the keys are wrong: an operator must act."""

    def __init__(self, detail: str, part: str = "settings") -> None:
        """Store which part is wrong, for the readiness check: settings, database, schema or keys."""
        super().__init__(detail)
        self.part = part


class Forbidden(SawtError):
    """This person may not do this."""


class Altered(SawtError):
    """Stored data no longer matches its published hash and is not shown."""

    def __init__(self, code: str) -> None:
        """Store the `code` of the consultation whose data was altered."""
        super().__init__(f"the ballots of {code} no longer match the published hash and are not shown")
        self.code = code


class Unavailable(SawtError):
    """The database is locked or unreachable: try again later."""
