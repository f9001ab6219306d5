"""What commands need from this installation: catalogs, keys and the context of campaigns, without a web framework."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.context import CampaignContext
from api.campaigns.policy import rules_of
from api.i18n import Catalogs
from api.rules.service import Book
from api.security.crypto import Keyring
from api.settings import Settings, root
from sawt.roads import roads_of
from sawt.settings import configured, keys_of
from sms.measure import Measure


def catalogs() -> Catalogs:
    """The catalogs of this installation."""
    return Catalogs(root() / "locales")


def keyring() -> Keyring:
    """The keys of this installation."""
    return keys_of(configured())


def kit(settings: Settings) -> CampaignContext:
    """The context of campaigns on the command line, where no channel runs: texts are measured, nothing is sent.

    It has the default rules; `context_in_force` reads the rules in force.
    """
    rules = rules_of(settings, roads_of(settings), Book())
    return CampaignContext(catalogs=catalogs(), channels=(Measure(),), rules=rules)


async def context_in_force(session: AsyncSession) -> CampaignContext:
    """The context of campaigns, with the rules in force read from the database."""
    context = kit(configured())
    await context.rules.book.renew(session)
    return context
