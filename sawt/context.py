"""Catalogs, keys and campaign settings of this installation, for commands. No web framework is imported here."""

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
    """Return the message catalogs of this installation."""
    return Catalogs(root() / "locales")


def keyring() -> Keyring:
    """Return the keys of this installation."""
    return keys_of(configured())


def kit(settings: Settings) -> CampaignContext:
    """Return what commands on campaigns need. Its only channel measures texts and cannot send any.

    The rules are the default ones; `context_in_force` reads the rules in force.
    """
    rules = rules_of(settings, roads_of(settings), Book())
    return CampaignContext(catalogs=catalogs(), channels=(Measure(),), rules=rules)


async def context_in_force(session: AsyncSession) -> CampaignContext:
    """Return what commands on campaigns need, with the rules in force, which are read from the database."""
    context = kit(configured())
    await context.rules.book.renew(session)
    return context
