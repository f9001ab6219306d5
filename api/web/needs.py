"""Which right a route of /v1 needs, as data beside it: checked before anything of a request is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Depends

from api.errors import Forbidden
from api.security.rights import Permission, Principal, may_somewhere, refusal

FRESH = "a fresh code of the second factor is needed: give one at /console/confirm, and try again"


class Needs:
    """Marks a route: one of these permissions, in whichever province; for some acts a fresh code as well.

    Which province an act concerns is known only once its object was read: see `api.security.rights.require`.
    """

    def __init__(self, permissions: Iterable[Permission], *, fresh: bool = False) -> None:
        self.permissions = frozenset(permissions)
        self.fresh = fresh

    async def __call__(self) -> None:
        """Only marks: `StaffRoute` asks."""

    def check(self, principal: Principal) -> None:
        """Let only those pass who hold one of them. Raises Forbidden."""
        if not may_somewhere(principal, self.permissions):
            raise Forbidden(refusal(self.permissions))
        if self.fresh and not principal.fresh:
            raise Forbidden(FRESH)


def requires(*permissions: Permission, fresh: bool = False) -> Any:
    """A dependency that says which right a route, or each route of a router, needs; one of several is enough."""
    return Depends(Needs(permissions, fresh=fresh))


def marked(dependencies: Iterable[Any]) -> Needs | None:
    """The mark among a route's dependencies; its own counts for more than that of its router, which comes first."""
    found = [each.dependency for each in dependencies if isinstance(each.dependency, Needs)]
    return found[-1] if found else None
