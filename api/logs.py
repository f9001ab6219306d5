"""Logs as JSON lines on standard error: events and counts, never an address or a message's text."""

from __future__ import annotations

import logging
import sys

import structlog

_TALKATIVE = ("httpx", "httpcore", "telegram", "twilio", "aiohttp", "sqlalchemy", "aiosqlite", "uvicorn.access")


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
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format='{"level": "%(levelname)s", "event": "%(name)s"}'
    )
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
