"""Logs as JSON lines on standard error: events and counts, never an address or a message's text."""

from __future__ import annotations

import json
import logging
import sys

import structlog

_TALKATIVE = ("httpx", "httpcore", "telegram", "twilio", "aiohttp", "sqlalchemy", "aiosqlite", "uvicorn.access")


class _Bare(logging.Formatter):
    """What libraries log, without their words: these may hold what was sent, and to whom."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {"level": record.levelname.lower(), "event": record.name}
        return json.dumps(line | ({"error": kind.__name__} if kind else {}))


def configure(level: str) -> None:
    """Set logging up once, in the process that serves. Libraries that print requests keep to warnings."""
    structlog.configure(
        processors=[
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
