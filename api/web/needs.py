"""Which permission each route of /v1 needs.

It is declared next to the route, and checked before the request is parsed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from fastapi import Depends

from api.errors import Forbidden
from api.security.rights import NOT_FRESH, Permission, Principal, may, may_somewhere, refusal

log = structlog.get_logger(__name__)


class Needs:
    """Marks a route with the permissions of which one is needed. If `fresh`, a recent second-factor code is needed too.

    The permission must hold for the whole Region. On a `local` route, any province is enough; the route's code then
    calls `api.security.rights.within` for the province it reads or changes. tests/accounts/test_provinces.py checks
    each such route.
    """

    def __init__(self, permissions: Iterable[Permission], *, fresh: bool = False, local: bool = False) -> None:
        self.permissions = frozenset(permissions)
        self.fresh, self.local = fresh, local

    async def __call__(self) -> None:
        """Do nothing: this is only a mark, which `StaffRoute` checks."""

    def check(self, principal: Principal) -> None:
        """Raise Forbidden unless this principal has one of the permissions."""
        everywhere = any(may(principal, each) for each in self.permissions)
        if not everywhere and not (self.local and may_somewhere(principal, self.permissions)):
            log.warning("staff.refused", account=principal.account_id, needs=sorted(self.permissions))  # ASVS 16.3.2
            raise Forbidden(refusal(self.permissions, somewhere=self.local))
        if self.fresh and not principal.fresh:
            raise Forbidden(NOT_FRESH)


def requires(*permissions: Permission, fresh: bool = False, local: bool = False) -> Any:
    """Return a dependency that names the permissions of which a route, or each route of a router, needs one."""
    return Depends(Needs(permissions, fresh=fresh, local=local))


# For data that everybody on the staff may read.
ANYBODY = requires(*Permission, local=True)
# For data about the whole Region: any permission is enough, if it holds for the whole Region.
EVERYWHERE = requires(*Permission)


def marked(dependencies: Iterable[Any]) -> Needs | None:
    """Return the `Needs` among a route's dependencies; None without one. The route's own overrides its router's."""
    found = [each.dependency for each in dependencies if isinstance(each.dependency, Needs)]
    return found[-1] if found else None
