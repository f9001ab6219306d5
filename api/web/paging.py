"""The query parameters of every list in /v1: `limit` and `cursor`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.pagination import MOST, USUAL, PageRequest


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Maximum number of rows on a page.")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="`next` of the previous page; omit it for the first page.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


PageDep = Annotated[PageRequest, Depends(_page_request)]
