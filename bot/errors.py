"""What Telegram's refusals mean for a message."""

from __future__ import annotations

import httpx
from telegram import error

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure


def refused(problem: error.TelegramError) -> SendError:
    """The failure behind an exception of python-telegram-bot.

    The order matters: BadRequest and TimedOut are kinds of NetworkError there.
    """
    match problem:
        case error.RetryAfter():
            return Throttled(_seconds(problem))
        case error.Forbidden():
            return Gone("forbidden")
        case error.ChatMigrated():
            return Rejected("migrated")
        case error.InvalidToken():
            return Misconfigured("token")
        case error.BadRequest():
            return Gone("no chat") if "chat not found" in problem.message.lower() else Rejected("bad request")
        case error.NetworkError():
            return _network(problem)
        case _:
            return Unsure("telegram")


def harmless(problem: error.TelegramError) -> bool:
    """Whether an edit or a callback answer failed for a reason that needs nothing: too late, or already so."""
    words = problem.message.lower()
    return isinstance(problem, error.BadRequest) and ("not modified" in words or "query is too old" in words)


def _network(problem: error.NetworkError) -> SendError:
    cause = problem.__cause__
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable("connect")
    return Unsure("lost")


def _seconds(problem: error.RetryAfter) -> float:
    after = problem.retry_after  # seconds, or a timedelta since 22.2
    return float(after) if isinstance(after, int) else after.total_seconds()
