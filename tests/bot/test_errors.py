"""Telegram's errors as a table, as python-telegram-bot raises them."""

from __future__ import annotations

import httpx
import pytest
from telegram import error

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure
from bot.errors import to_send_error


def caused(cause: Exception) -> error.NetworkError:
    error_caused = error.NetworkError("Unknown error in HTTP implementation")
    error_caused.__cause__ = cause
    return error_caused


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error.Forbidden("Forbidden: bot was blocked by the user"), Gone),
        (error.Forbidden("Forbidden: user is deactivated"), Gone),
        (error.Forbidden("Forbidden: bot was kicked from the group chat"), Gone),
        (error.Forbidden("Forbidden: bot can't initiate conversation with a user"), Rejected),
        (error.Forbidden("Forbidden: bot can't send messages to bots"), Rejected),
        (error.Forbidden("Forbidden (403). Parsing the server response b'<h1>blocked</h1>' failed"), Misconfigured),
        (error.BadRequest("Bad Request: chat not found"), Rejected),
        (error.BadRequest("Bad Request: message text is empty"), Rejected),
        (error.BadRequest("Bad Request: message is too long"), Rejected),
        (error.ChatMigrated(-100), Rejected),
        (error.InvalidToken("Unauthorized"), Misconfigured),
        (error.InvalidToken("Not Found"), Misconfigured),
        (error.NetworkError("Too Many Requests (429)"), Throttled),
        (error.NetworkError("Too Many Requests: later"), Throttled),
        (error.Conflict("Conflict: terminated by other getUpdates request"), Unreachable),
        (error.NetworkError("Bad Gateway"), Unsure),
        (error.NetworkError("Internal Server Error (500)"), Unsure),
        (error.TimedOut(), Unsure),
        (error.TelegramError("Invalid server response"), Unsure),
        (caused(httpx.ConnectError("x")), Unreachable),
        (caused(httpx.ConnectTimeout("x")), Unreachable),
        (caused(httpx.ReadTimeout("x")), Unsure),
    ],
    ids=lambda value: getattr(value, "message", None) or getattr(value, "__name__", ""),
)
def test_each_refusal_has_its_meaning(problem: error.TelegramError, kind: type[SendError]) -> None:
    assert type(to_send_error(problem)) is kind


def test_a_retry_after_is_obeyed_and_a_missing_one_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as the channel sets it
    named = to_send_error(error.RetryAfter(7))
    assert isinstance(named, Throttled)
    assert (named.retry_after, named.grows) == (7.0, False)
    bare = to_send_error(error.NetworkError("Too Many Requests (429)"))
    assert isinstance(bare, Throttled)
    assert bare.grows
