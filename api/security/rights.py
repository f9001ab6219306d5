"""Who acts and what they may do (pure).

A permission holds for a province or for the whole Region. A role is a named set of permissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from api.errors import Forbidden


class Permission(StrEnum):
    """What an account or a token may do."""

    WRITE = "write"  # drafts of consultations, campaigns, meetings, plans
    APPROVE = "approve"  # approve what somebody else wrote
    SEND = "send"  # launch, pause, resume, cancel; open and close
    MODERATE = "moderate"  # residents' ideas and own words
    ANSWER = "answer"  # work at the desk: letters and residents' records
    PUBLISH = "publish"  # proposals, updates, minutes
    SEE_NUMBERS = "see_numbers"  # unmask one phone number
    MANAGE_STAFF = "manage_staff"  # accounts, rights, tokens
    MANAGE_SETTINGS = "manage_settings"  # rules, messages, agents, the clock
    AUDIT = "audit"  # read the record


EVERYTHING = frozenset(Permission)
NOT_FRESH = "a fresh code of the second factor is needed: give one at /console/confirm, and try again"
WHOLE_REGION = ""  # used in place of a province's code

# Named sets of permissions. A role is only a shorter way to grant permissions, which are stored one by one. No role
# has `see_numbers`: it is granted by itself, to the few who need it.
ROLES: Mapping[str, frozenset[Permission]] = {
    "editor": frozenset({Permission.WRITE, Permission.PUBLISH}),
    "approver": frozenset({Permission.APPROVE, Permission.SEND}),
    "moderator": frozenset({Permission.MODERATE}),
    "desk_officer": frozenset({Permission.ANSWER}),
    "auditor": frozenset({Permission.AUDIT}),
    "administrator": frozenset({Permission.MANAGE_STAFF, Permission.MANAGE_SETTINGS}),
    "association": frozenset({Permission.WRITE}),
}
# Permissions that no API token can have. Otherwise authors could approve their own work with a token they made.
PERSONAL = frozenset({Permission.APPROVE, Permission.MANAGE_STAFF, Permission.SEE_NUMBERS})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: an account, an API token, or someone with the shared token of older versions.

    `grants` says in which provinces each permission holds; `WHOLE_REGION` stands for all of them.
    """

    name: str  # the name in records; "" for the shared token, with which a header gives the name
    credential: str = field(repr=False)  # identifies the credential; may be the shared token itself: never log it
    grants: Mapping[Permission, frozenset[str]]
    fresh: bool = False  # a code of the second factor was given within the last minutes
    account_id: int | None = None


def shared(credential: str) -> Principal:
    """Return the principal for the shared token: they may do everything, and a header gives their name."""
    everywhere = frozenset({WHOLE_REGION})
    return Principal("", credential, dict.fromkeys(EVERYTHING, everywhere), fresh=True)


def provinces(principal: Principal, permission: Permission) -> frozenset[str] | None:
    """Return the provinces in which a permission holds: None means everywhere, an empty set nowhere."""
    found = principal.grants.get(permission, frozenset())
    return None if WHOLE_REGION in found else found


def may(principal: Principal, permission: Permission, province: str | None = None) -> bool:
    """Return whether a principal has a permission in a province; None means for the whole Region."""
    found = provinces(principal, permission)
    return found is None or province in found


def may_somewhere(principal: Principal, permissions: Iterable[Permission]) -> bool:
    """Return whether a principal has one of these permissions in any province."""
    return any(principal.grants.get(each) for each in permissions)


def refusal(permissions: Iterable[Permission], province: str | None = None, *, somewhere: bool = False) -> str:
    """Return a sentence that says which right is missing and who can grant it.

    The right is missing in this province, for the whole Region (None), or anywhere if `somewhere`.
    """
    needed = frozenset(permissions)
    right = "any right" if needed == EVERYTHING else f"the right {' or '.join(sorted(needed))}"
    where = "" if somewhere else f" in {province}" if province else " for the whole Region"
    return f"this needs {right}{where}: whoever holds {Permission.MANAGE_STAFF} can grant it"


def of_names(names: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that these names of roles and permissions stand for.

    Raises ValueError, naming unknown ones.
    """
    found: set[Permission] = set()
    for name in names:
        plain = name.strip().lower().replace("-", "_").replace(" ", "_")
        if plain in ROLES:
            found |= ROLES[plain]
        elif plain in list(Permission):
            found.add(Permission(plain))
        else:
            known = ", ".join([*Permission, *ROLES])
            raise ValueError(f"there is no permission or role {name}: it is one of {known}")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Request:
    """Who acts in a request, and the permissions of which the request needs one."""

    principal: Principal
    needs: frozenset[Permission]


# None in commands on the machine and in the service's own jobs, which may do everything: who runs them has the
# database and the keys anyway.
_request: ContextVar[_Request | None] = ContextVar("request", default=None)


@contextmanager
def acting(principal: Principal, needs: Iterable[Permission] = EVERYTHING) -> Iterator[None]:
    """Run the block as this principal: the other functions here then check the principal's rights."""
    token = _request.set(_Request(principal, frozenset(needs)))
    try:
        yield
    finally:
        _request.reset(token)


def is_within(province: str | None) -> bool:
    """Whether this request may read or change what is of a province ("" or None: the whole Region)."""
    found = _request.get()
    return found is None or any(may(found.principal, each, province or None) for each in found.needs)


def within(province: str | None) -> None:
    """Raise Forbidden unless this request may read or change data of a province ("" or None: the whole Region)."""
    found = _request.get()
    if found is not None and not is_within(province):
        raise Forbidden(refusal(found.needs, province))


def seen() -> frozenset[str] | None:
    """Return the provinces whose rows this request may list; None means all rows."""
    found = _request.get()
    return None if found is None else visible(found.needs)


def require(permission: Permission, province: str | None, *, fresh: bool = False) -> None:
    """Raise Forbidden unless whoever acts has a permission in a province (None: the whole Region).

    If `fresh`, a recent code of the second factor is required too.
    """
    found = _request.get()
    if found is None:
        return
    if not may(found.principal, permission, province):
        raise Forbidden(refusal([permission], province))
    if fresh and not found.principal.fresh:
        raise Forbidden(NOT_FRESH)


def visible(permissions: Iterable[Permission]) -> frozenset[str] | None:
    """Return the provinces whose rows any of these permissions allows to see; None means all rows."""
    request = _request.get()
    if request is None:
        return None
    found = [provinces(request.principal, each) for each in permissions]
    if any(each is None for each in found):
        return None
    return frozenset().union(*(each for each in found if each is not None))
