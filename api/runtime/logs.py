"""Write logs as JSON lines to standard output. They contain events and counts, never an address or a message text."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

import structlog

_TALKATIVE = ("httpx", "httpcore", "telegram", "twilio", "aiohttp", "sqlalchemy", "aiosqlite", "uvicorn.access")


# Beginnings of uvicorn's messages. Only these words are logged, without their arguments.
_SERVER = "uvicorn.error"
_SAID = (
    "Started server process", "Started parent process", "Waiting for application startup",
    "Application startup complete", "Application startup failed", "Uvicorn running on", "Shutting down",
    "Waiting for application shutdown", "Application shutdown complete", "Application shutdown failed",
    "Finished server process", "Stopping parent process", "Received SIG", "Exception in ASGI application",
    "Invalid HTTP request received", "Error loading ASGI app", "Waiting for child process", "Terminated child process",
)  # fmt: skip


class _Bare(logging.Formatter):
    """Formats log records of libraries without their message, which may contain texts and addresses."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {"level": record.levelname.lower(), "event": record.name, "timestamp": _time(record.created)}
        if record.name == _SERVER and isinstance(record.msg, str):
            known = [words for words in _SAID if record.msg.startswith(words)]
            line |= {"said": known[0]} if known else {}
        return json.dumps(line | ({"error": kind.__name__} if kind else {}))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def configure(level: str) -> None:
    """Configure logging once in a serving process. Libraries that log requests may only log warnings and errors."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,  # the request id: see `web/tracing.py`
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Bare())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
