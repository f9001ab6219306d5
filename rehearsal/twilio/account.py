"""The Account resource of the REST API, with all fields of Twilio's OpenAPI document."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any


def resource(sid: str, *, status: str, at: float) -> dict[str, Any]:
    """Return the Account resource. `at` is when the account was created, in Unix seconds."""
    uri = f"/2010-04-01/Accounts/{sid}"
    moment = format_datetime(datetime.fromtimestamp(at, UTC))
    return {
        "auth_token": None,
        "date_created": moment,
        "date_updated": moment,
        "friendly_name": "Rehearsal",
        "owner_account_sid": sid,
        "sid": sid,
        "status": status,
        "subresource_uris": {"messages": f"{uri}/Messages.json"},
        "type": "Full",
        "uri": f"{uri}.json",
    }
