"""What endpoints about campaigns ask their application for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.campaigns.context import Kit
from api.v1.rule_deps import renewed


async def _kit(request: Request) -> Kit:
    found: Kit = request.app.state.campaigns
    await renewed(request)  # the kit's rules are read from the application's book
    return found


CampaignKit = Annotated[Kit, Depends(_kit)]
