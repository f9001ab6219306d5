"""Build Kannel as an SMS provider from the settings."""

from __future__ import annotations

from api.dialogue.service import Dialogue
from api.outbox.context import OutboxContext
from api.outbox.worker.reports import Reports
from sms.channel import Provider
from sms.providers.kannel import Kannel
from sms.providers.kannel_api import KannelApi
from sms.providers.kannel_auth import KannelAuth


def provider(means: OutboxContext, dialogue: Dialogue, reports: Reports) -> Provider:
    """Return the SMS provider for the Kannel gateway that the settings name."""
    settings = means.settings
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        patience=settings.patience,
    )
    auth = KannelAuth(secret=settings.kannel_secret.get_secret_value(), addresses=settings.kannel_addresses)
    return Kannel(
        api,
        auth=auth,
        public_url=settings.public_url,
        roads=means.roads,
        dialogue=dialogue,
        reports=reports,
        clock=means.clock,
        region=settings.default_region,
    )
