"""The pages in the menu of the console, and the right that each needs: the same as the routes of /v1 that it shows."""

from __future__ import annotations

from collections.abc import Sequence

from api.security.rights import Permission, Principal
from api.web.needs import Needs, OnlySignedIn

SESSIONS, RECORD = "/console/sessions", "/console/record"
_PAGES: dict[str, tuple[str, Needs]] = {  # by path: the catalog key of the link, and the right
    SESSIONS: ("sessions.title", OnlySignedIn(Permission)),
    RECORD: ("record.title", Needs([Permission.AUDIT])),
}


def of(principal: Principal | None) -> Sequence[tuple[str, str]]:
    """Return the pages that somebody may open: path and catalog key; none for somebody who is not signed in."""
    if principal is None:
        return []
    return [(path, key) for path, (key, needs) in _PAGES.items() if needs.allows(principal)]


def check(path: str, principal: Principal) -> None:
    """Check that somebody may open a page. Raises Forbidden."""
    _PAGES[path][1].check(principal)
