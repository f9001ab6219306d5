"""What commands need of this installation: its catalogs, its keys, and what texts cost; no web framework."""

from __future__ import annotations

from api.campaigns.kit import Kit
from api.campaigns.rules import rules_of
from api.crypto import Keyring
from api.i18n import Catalogs
from api.prices import Prices
from api.settings import Settings, root
from sawt.roads import roads_of
from sawt.settings import configured
from sms.measure import Measure


def catalogs() -> Catalogs:
    """The catalogs of this installation."""
    return Catalogs(root() / "locales")


def keyring() -> Keyring:
    """The keys of this installation."""
    return Keyring.parse(configured().keys.get_secret_value())


def kit(settings: Settings) -> Kit:
    """What campaigns need on the command line, where no channel runs: texts are measured, nothing is sent."""
    rules = rules_of(settings, roads_of(settings), Prices(settings.prices))
    return Kit(catalogs=catalogs(), channels=(Measure(),), rules=rules)
