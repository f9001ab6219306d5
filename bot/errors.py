"""Translates Telegram's errors. The fault may be with the person, the message, our setup or the network."""

from __future__ import annotations

import httpx
from telegram import error

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure

_LEFT = ("bot was blocked by the user", "user is deactivated", "bot was kicked")
_FIRST_PAUSE = 1.0  # seconds; the outbox doubles it with each refusal


def to_send_error(problem: error.TelegramError) -> SendError:
    """Return the SendError for an exception of python-telegram-bot.

    The order of the cases matters: in that library, BadRequest and TimedOut are subclasses of NetworkError.
    """
    match problem:
        case error.RetryAfter():
            return Throttled(_seconds(problem))
        case error.Forbidden():
            return _forbidden(problem.message.lower())
        case error.ChatMigrated():
            return Rejected("migrated")
        case error.InvalidToken():
            return Misconfigured("token")
        case error.BadRequest():
            # Not Gone: with another bot's token Telegram says this of everybody, and it has said it of people who had
            # not left (github.com/tdlib/telegram-bot-api, issue 219).
            return Rejected("no chat" if "chat not found" in problem.message.lower() else "bad request")
        case error.Conflict():
            return Unreachable("conflict")
        case error.NetworkError():
            return _network(problem)
        case _:
            return Unsure("telegram")


def is_harmless(problem: error.TelegramError) -> bool:
    """Return whether a failure is harmless: the call came too late, or would have changed nothing."""
    words = problem.message.lower()
    return isinstance(problem, error.BadRequest) and ("not modified" in words or "query is too old" in words)


def _forbidden(words: str) -> SendError:
    """Return the SendError for a 403 answer with these words."""
    # a proxy may answer 403 to every request, so only Telegram's own words show that a person left
    if not words.startswith("forbidden: "):
        return Misconfigured("forbidden")
    return Gone("forbidden") if any(each in words for each in _LEFT) else Rejected("forbidden")


def _network(problem: error.NetworkError) -> SendError:
    if "too many requests" in problem.message.lower():  # a 429 without Retry-After: the library has no exception for it
        return Throttled(_FIRST_PAUSE, grows=True)
    cause = problem.__cause__
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable("connect")
    return Unsure("lost")


def _seconds(problem: error.RetryAfter) -> float:
    after = problem.retry_after  # seconds, or a timedelta since 22.2
    return float(after) if isinstance(after, int) else after.total_seconds()
