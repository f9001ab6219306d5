"""Build Twilio as an SMS provider from the settings."""

from __future__ import annotations

from api.dialogue.service import Dialogue
from api.outbox.context import OutboxContext
from api.outbox.worker.reports import Reports
from sms.channel import Provider
from sms.providers.twilio import Twilio
from sms.providers.twilio_api import TwilioApi
from sms.providers.twilio_signatures import Signatures


def provider(means: OutboxContext, dialogue: Dialogue, reports: Reports) -> Provider:
    """Return the SMS provider for the Twilio account that the settings name."""
    settings = means.settings
    token = settings.twilio_auth_token.get_secret_value()
    sid, url = settings.twilio_account_sid, settings.twilio_api_url
    shared = {name: key.get_secret_value() for name, key in settings.twilio_shared_keys.items()}
    api = TwilioApi(account_sid=sid, auth_token=token, api_url=url, patience=settings.patience, clock=means.clock)
    return Twilio(
        api,
        account_sid=sid,
        signatures=Signatures(token, shared),
        public_url=settings.public_url,
        roads=means.roads,
        dialogue=dialogue,
        reports=reports,
        clock=means.clock,
        region=settings.default_region,
    )
