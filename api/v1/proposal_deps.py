"""What endpoints about ideas and proposals ask their application for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.proposals.context import Kit
from api.web.deps import CatalogsDep, KeyringDep


async def _kit(catalogs: CatalogsDep, keyring: KeyringDep) -> Kit:
    return Kit(catalogs, keyring)


ProposalKit = Annotated[Kit, Depends(_kit)]
