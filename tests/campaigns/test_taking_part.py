"""No campaign reveals who takes part in an open consultation: an audience of one would be enough."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.errors import Conflict, Invalid
from tests.campaigns.office import INVITATION, NEWS, look, make, take
from tests.consultations import main_consultation
from tests.world import World, quiet

WHO: tuple[dict[str, Any], ...] = (
    {"answered": "plan"}, {"begun": "plan"}, {"asked": "plan"},
    {"all": [{"language": ["fr"]}, {"any": [{"not": {"answered": "plan"}}, {"channel": ["sms"]}]}]},
)  # fmt: skip


@pytest.fixture
async def stepped(database_url: str) -> AsyncIterator[World]:
    """A quiet world whose consultation was opened with the default setting."""
    async with quiet(database_url, smallest_count=10) as world:
        yield world


@pytest.mark.parametrize("audience", WHO, ids=range(len(WHO)))
async def test_an_audience_does_not_tell_it(stepped: World, audience: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match="who takes part in plan"):
        await make(stepped, NEWS, audience=audience)
    await make(stepped, {**INVITATION, "purpose": "remind"}, audience=audience)
    await stepped.close("plan")
    await look(stepped, await make(stepped, NEWS, audience=audience))


async def test_nor_does_one_that_was_written_before_it_opened(stepped: World) -> None:
    campaign = await make(stepped, NEWS, audience={"answered": "later"})
    await stepped.open({**main_consultation(), "code": "later"})
    with pytest.raises(Conflict, match="who takes part in later"):
        await look(stepped, campaign)
    with pytest.raises(Invalid, match="who takes part in later"):
        await take(stepped, campaign, "submit")


async def test_of_other_consultations_a_reminder_tells_it_neither(stepped: World) -> None:
    await stepped.open({**main_consultation(), "code": "other"})
    with pytest.raises(Conflict, match="who takes part in other"):
        await make(stepped, {**INVITATION, "purpose": "remind"}, audience={"answered": "other"})
