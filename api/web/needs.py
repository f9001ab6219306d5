"""Which right a route of /v1 needs, as data beside it: checked before anything of a request is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from fastapi import Depends

from api.errors import Forbidden
from api.security.rights import NOT_FRESH, Permission, Principal, may, may_somewhere, refusal

log = structlog.get_logger(__name__)


class Needs:
    """Marks a route: one of these permissions, for the whole Region; for some acts a fresh code as well.

    A `local` route takes a permission in any province. What it reads or changes then says which province it is of, by
    `api.security.rights.within`; tests/accounts/test_provinces.py holds each of these routes to it.
    """

    def __init__(self, permissions: Iterable[Permission], *, fresh: bool = False, local: bool = False) -> None:
        self.permissions = frozenset(permissions)
        self.fresh, self.local = fresh, local

    async def __call__(self) -> None:
        """Only marks: `StaffRoute` asks."""

    def check(self, principal: Principal) -> None:
        """Let only those pass who hold one of them. Raises Forbidden."""
        everywhere = any(may(principal, each) for each in self.permissions)
        if not everywhere and not (self.local and may_somewhere(principal, self.permissions)):
            log.warning("staff.refused", account=principal.account_id, needs=sorted(self.permissions))  # ASVS 16.3.2
            raise Forbidden(refusal(self.permissions, somewhere=self.local))
        if self.fresh and not principal.fresh:
            raise Forbidden(NOT_FRESH)


def requires(*permissions: Permission, fresh: bool = False, local: bool = False) -> Any:
    """A dependency that says which right a route, or each route of a router, needs; one of several is enough."""
    return Depends(Needs(permissions, fresh=fresh, local=local))


# For what everybody who works here may read.
ANYBODY = requires(*Permission, local=True)
# For what shows the whole Region, whatever right somebody holds there.
EVERYWHERE = requires(*Permission)


def marked(dependencies: Iterable[Any]) -> Needs | None:
    """The mark among a route's dependencies; its own counts for more than that of its router, which comes first."""
    found = [each.dependency for each in dependencies if isinstance(each.dependency, Needs)]
    return found[-1] if found else None
