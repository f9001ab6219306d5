"""Mark routes of /v1: which right each needs, checked before anything is read; whether it only reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import structlog
from fastapi import Depends, Header

from api import idempotency
from api.errors import Forbidden
from api.security.rights import NOT_FRESH, Permission, Principal, may, may_somewhere, refusal

log = structlog.get_logger(__name__)


class Needs:
    """Marks a route that needs one of these permissions for the whole Region.

    If `fresh` is set, a fresh code is needed too. For a `local` route, a permission in any province is enough. The
    route itself then calls `api.security.rights.within` with the province of its data; tests/accounts/test_provinces.py
    checks this.
    """

    def __init__(self, permissions: Iterable[Permission], *, fresh: bool = False, local: bool = False) -> None:
        self.permissions = frozenset(permissions)
        self.fresh, self.local = fresh, local

    async def __call__(self) -> None:
        """Do nothing: the object only marks a route, and `StaffRoute` does the check."""

    def allows(self, principal: Principal) -> bool:
        """Whether the principal has one of the permissions, where the route needs it."""
        everywhere = any(may(principal, each) for each in self.permissions)
        return everywhere or (self.local and may_somewhere(principal, self.permissions))

    def check(self, principal: Principal) -> None:
        """Raise Forbidden unless the principal has one of the permissions, and has entered a fresh code if needed."""
        if not self.allows(principal):
            log.warning("staff.refused", account=principal.account_id, needs=sorted(self.permissions))  # ASVS 16.3.2
            raise Forbidden(refusal(self.permissions, somewhere=self.local))
        if self.fresh and not principal.fresh:
            raise Forbidden(NOT_FRESH)


class OnlySignedIn(Needs):
    """Marks a route for which it is enough to be signed in: it only concerns one's own session."""

    def allows(self, principal: Principal) -> bool:  # noqa: ARG002
        """Let everybody in."""
        return True


def requires(*permissions: Permission, fresh: bool = False, local: bool = False) -> Any:
    """Return a dependency for a route or router. It says that each route needs one of these permissions."""
    return Depends(Needs(permissions, fresh=fresh, local=local))


SIGNED_IN = Depends(OnlySignedIn(Permission))
# For routes that all staff may read, with any right in any province.
ANYBODY = requires(*Permission, local=True)


def marked(dependencies: Iterable[Any]) -> Needs | None:
    """Return the `Needs` among a route's dependencies; None if there is none."""
    marks = [each.dependency for each in dependencies if isinstance(each.dependency, Needs)]
    # the route's own comes after that of its router, and replaces it
    return marks[-1] if marks else None


async def _key(
    _value: Annotated[
        str | None,
        Header(
            alias=idempotency.HEADER,
            min_length=1,
            max_length=255,
            description="A key chosen by the client. A repeated request within 24 hours gets the first answer again.",
        ),
    ] = None,
) -> None:
    """Document the header in OpenAPI. `StaffRoute` reads the header itself, before the body is parsed."""


async def _read_only() -> None:
    """Mark a POST route that changes nothing. Such a route needs no idempotency key."""


async def _shown_once() -> None:
    """Mark a POST route whose answer holds a secret that is shown once: it is not stored with an idempotency key."""


READS = Depends(_read_only)
SHOWN_ONCE = Depends(_shown_once)
KEY = Depends(_key)
