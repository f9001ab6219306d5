"""What endpoints about ideas and proposals ask their application for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.proposals.context import ProposalContext
from api.web.deps import CatalogsDep, KeyringDep


async def _kit(catalogs: CatalogsDep, keyring: KeyringDep) -> ProposalContext:
    return ProposalContext(catalogs, keyring)


ProposalKit = Annotated[ProposalContext, Depends(_kit)]
