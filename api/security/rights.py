"""Who acts and what they may do. Pure functions, except that the principal of the current request is remembered.

A principal is the account or token that acts. A permission applies in some provinces or in the whole Region. A role is
a set of permissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from api.errors import Forbidden


class Permission(StrEnum):
    """A kind of action for which an account or an API token can have a right."""

    WRITE = "write"  # drafts of consultations, campaigns, meetings, plans
    APPROVE = "approve"  # approve what somebody else wrote
    SEND = "send"  # launch, pause, resume, cancel; open and close consultations
    MODERATE = "moderate"  # residents' ideas and free text
    ANSWER = "answer"  # letters to the desk, and residents' records
    PUBLISH = "publish"  # proposals, updates, minutes
    SEE_NUMBERS = "see_numbers"  # unmask one phone number
    MANAGE_STAFF = "manage_staff"  # accounts, rights, tokens
    MANAGE_SETTINGS = "manage_settings"  # rules, messages, agents, the clock
    AUDIT = "audit"  # read the audit record


EVERYTHING = frozenset(Permission)
NOT_FRESH = "a fresh code of the second factor is needed: enter one at /console/confirm and try again"
WHOLE_REGION = ""  # used in place of a province's code

# Named sets of permissions. A role is only a shorter way to grant: each permission is stored by itself. No role
# includes `see_numbers`: it is granted separately, to the few who need it.
ROLES: Mapping[str, frozenset[Permission]] = {
    "editor": frozenset({Permission.WRITE, Permission.PUBLISH}),
    "approver": frozenset({Permission.APPROVE, Permission.SEND}),
    "moderator": frozenset({Permission.MODERATE}),
    "desk_officer": frozenset({Permission.ANSWER}),
    "auditor": frozenset({Permission.AUDIT}),
    "administrator": frozenset({Permission.MANAGE_STAFF, Permission.MANAGE_SETTINGS}),
    "association": frozenset({Permission.WRITE}),
}
# Permissions that no token can have: otherwise people could approve their own work with a token of theirs.
PERSONAL = frozenset({Permission.APPROVE, Permission.MANAGE_STAFF, Permission.SEE_NUMBERS})


@dataclass(frozen=True, slots=True)
class Principal:
    """The account, the API token, or the shared token of older versions that acts.

    `grants` maps each permission to the provinces where it applies; `WHOLE_REGION` among them means everywhere.
    """

    name: str  # as in the audit record; "" for the shared token, whose user names themselves
    credential: str = field(repr=False)  # identifies the credential; may be the shared token itself: never log it
    grants: Mapping[Permission, frozenset[str]]
    fresh: bool = False  # a second-factor code was entered in the last minutes
    account_id: int | None = None
    session: bytes = field(default=b"", repr=False)  # hash of the session's id; b"" for tokens


def shared(credential: str) -> Principal:
    """Return the principal for the shared token. It may do everything; each request must name the person who acts."""
    everywhere = frozenset({WHOLE_REGION})
    return Principal("", credential, dict.fromkeys(EVERYTHING, everywhere), fresh=True)


def provinces(principal: Principal, permission: Permission) -> frozenset[str] | None:
    """Return the provinces where the principal has a permission; None means everywhere, an empty set means nowhere."""
    granted = principal.grants.get(permission, frozenset())
    return None if WHOLE_REGION in granted else granted


def may(principal: Principal, permission: Permission, province: str | None = None) -> bool:
    """Return whether the principal has a permission in a province (None: for the whole Region)."""
    granted = provinces(principal, permission)
    return granted is None or province in granted


def common(
    one: Mapping[Permission, frozenset[str]], other: Mapping[Permission, frozenset[str]]
) -> dict[Permission, frozenset[str]]:
    """Return the permissions that both grant, each in the provinces where both do."""
    both = {each: _where_both(one[each], other[each]) for each in one.keys() & other.keys()}
    return {each: where for each, where in both.items() if where}


def _where_both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if WHOLE_REGION in one or WHOLE_REGION in other:
        return other if WHOLE_REGION in one else one
    return one & other


def may_somewhere(principal: Principal, permissions: Iterable[Permission]) -> bool:
    """Return whether the principal has one of these permissions in any province."""
    return any(principal.grants.get(each) for each in permissions)


def refusal(permissions: Iterable[Permission], province: str | None = None, *, somewhere: bool = False) -> str:
    """Return an error text that names the missing right, its province (None: the whole Region), and who can grant it.

    If the right in any province would be enough (`somewhere`), no province is named.
    """
    needed = frozenset(permissions)
    right = "any right" if needed == EVERYTHING else f"the right {' or '.join(sorted(needed))}"
    where = "" if somewhere else f" in {province}" if province else " for the whole Region"
    return f"this requires {right}{where}: someone with the right {Permission.MANAGE_STAFF} can grant it"


def of_names(names: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that these names stand for. A name is a permission or a role.

    Raises ValueError if a name is unknown.
    """
    permissions: set[Permission] = set()
    for name in names:
        plain = name.strip().lower().replace("-", "_").replace(" ", "_")
        if plain in ROLES:
            permissions |= ROLES[plain]
        elif plain in list(Permission):
            permissions.add(Permission(plain))
        else:
            known = ", ".join([*Permission, *ROLES])
            raise ValueError(f"there is no permission or role {name}: choose from {known}")
    return frozenset(permissions)


@dataclass(frozen=True, slots=True)
class _Request:
    """The current request: who sends it, and which permissions allow it (any one is enough)."""

    principal: Principal
    needs: frozenset[Permission]


# None in a command or a background task: those who run these have the database and the keys anyway.
_request: ContextVar[_Request | None] = ContextVar("request", default=None)


@contextmanager
def acting(principal: Principal, needs: Iterable[Permission] = EVERYTHING) -> Iterator[None]:
    """Within the block, treat this principal as the sender of the current request.

    The request needs one of the permissions in `needs`. Rights checks in the block use both.
    """
    token = _request.set(_Request(principal, frozenset(needs)))
    try:
        yield
    finally:
        _request.reset(token)


def is_within(province: str | None) -> bool:
    """Return whether the current request may use data of a province ("" or None: of the whole Region)."""
    request = _request.get()
    return request is None or any(may(request.principal, each, province or None) for each in request.needs)


def within(province: str | None) -> None:
    """Raise Forbidden unless the current request may use data of a province ("" or None: of the whole Region)."""
    request = _request.get()
    if request is not None and not is_within(province):
        raise Forbidden(refusal(request.needs, province))


def seen() -> frozenset[str] | None:
    """Return the provinces whose rows the current request may list; None means all."""
    request = _request.get()
    return None if request is None else visible(request.needs)


def holds(permission: Permission, province: str | None = None) -> bool:
    """Whether the actor has a permission in a province (None: for the whole Region)."""
    request = _request.get()
    return request is None or may(request.principal, permission, province)


def require(permission: Permission, province: str | None, *, fresh: bool = False) -> None:
    """Raise Forbidden unless the current principal has a permission in a province (None: for the whole Region).

    With `fresh`, a recent second-factor code is also required.
    """
    request = _request.get()
    if request is None:
        return
    if not may(request.principal, permission, province):
        raise Forbidden(refusal([permission], province))
    if fresh and not request.principal.fresh:
        raise Forbidden(NOT_FRESH)


def visible(permissions: Iterable[Permission]) -> frozenset[str] | None:
    """Return the provinces whose rows the current principal may list with any of these permissions; None means all."""
    request = _request.get()
    if request is None:
        return None
    granted = [provinces(request.principal, each) for each in permissions]
    if any(each is None for each in granted):
        return None
    return frozenset().union(*(each for each in granted if each is not None))
