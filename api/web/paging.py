"""The query of every list of /v1: `limit` and `cursor`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.pagination import MOST, USUAL, Asked


async def _asked(
    limit: Annotated[int, Query(ge=1, le=MOST, description="rows of a page, at most")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="the `next` of the page before; the first page without one")
    ] = None,
) -> Asked:
    return Asked(limit, cursor)


Paged = Annotated[Asked, Depends(_asked)]
