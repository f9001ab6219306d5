"""Shared helpers for the public pages: a browser, the voice of a language, and the addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from api.i18n import Voice
from tests.world import World

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # what browsers send


def voice_of(world: World, tag: str) -> Voice:
    """The voice of the pages with this language tag."""
    return world.service.dialogue.context.catalogs.voice(tag.partition("-")[0], latin=tag.endswith("-Latn"))


def pages_of(code: str) -> tuple[str, ...]:
    """The addresses of all pages, including those of a consultation."""
    return ("/", "/receipts", f"/consultations/{code}/receipts")


@asynccontextmanager
async def browser(app: FastAPI, language: str = "fr") -> AsyncIterator[httpx.AsyncClient]:
    """A browser set to this language."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Accept": ACCEPT, "Accept-Language": language}
    async with httpx.AsyncClient(transport=transport, base_url="http://quiet.invalid", headers=headers) as http:
        yield http
