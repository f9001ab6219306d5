"""What endpoints about ideas and proposals ask their application for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.deps import CatalogsDep, KeyringDep
from api.proposals.kit import Kit


async def _kit(catalogs: CatalogsDep, keyring: KeyringDep) -> Kit:
    return Kit(catalogs, keyring)


ProposalKit = Annotated[Kit, Depends(_kit)]
