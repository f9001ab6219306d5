"""The query of lists of /v1: `limit` and `cursor`, which every one has, and `province`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.listing import MOST, USUAL, Asked
from api.named import MaybeProvince, Province


async def _asked(
    limit: Annotated[int, Query(ge=1, le=MOST, description="rows of a page, at most")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="the `next` of the page before; the first page without one")
    ] = None,
) -> Asked:
    return Asked(limit, cursor)


Paged = Annotated[Asked, Depends(_asked)]
OfProvince = Annotated[Province | None, Query(description="its name or HCP code")]
OfDesk = Annotated[MaybeProvince | None, Query(description="a province, by name or code; '' is the Region's own")]
