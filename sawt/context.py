"""What commands need of this installation: its catalogs, its keys, and what texts cost; no web framework."""

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
    """What campaigns need on the command line, where no channel runs: texts are measured, nothing is sent.

    Its rules are the usual ones, whatever the caller's shell says; `ruled` reads those in force.
    """
    rules = rules_of(settings, roads_of(settings), Book())
    return CampaignContext(catalogs=catalogs(), channels=(Measure(),), rules=rules)


async def ruled(session: AsyncSession) -> CampaignContext:
    """What campaigns need, with the rules in force as the database has them."""
    found = kit(configured())
    await found.rules.book.renew(session)
    return found
