"""`sawt places` and `sawt themes`: list the names and codes that files and commands accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.pagination import in_order
from api.region import lookup
from api.region import places as region
from api.region.places import Commune, Place
from api.region.themes import themes as every_theme
from sawt.cli.listing import Pages, listing

_HEADERS = ("code", "name", "الاسم")


@listing
def places(pages: Pages, province: Annotated[str | None, typer.Argument(help="list its communes")] = None) -> None:
    """List the provinces, or the communes of one: codes and names; commands accept either."""
    listed: Sequence[Place | Commune] = region.provinces()
    if province is not None:
        listed = region.communes(lookup.province(province))
    pages.show(lambda asked: in_order("places", listed, asked), _HEADERS, lambda each: (each.code, each.fr, each.ar))


@listing
def themes(pages: Pages) -> None:
    """List the themes of ideas, proposals and meetings: codes and names."""
    pages.show(
        lambda asked: in_order("themes", every_theme(), asked),
        _HEADERS,
        lambda each: (each.code, each.words["fr"], each.words["ar"]),
    )
