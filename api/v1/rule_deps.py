"""The rules in force, for endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.rules.service import Book
from api.web.deps import context_of


async def renewed(request: Request) -> Book:
    """The application's book of rules, up to date."""
    book: Book = request.app.state.rules
    async with context_of(request).db.reading() as connection:  # no transaction: the request's own begins later
        await book.renew(connection)
    return book


async def _smallest(request: Request) -> int:
    return (await renewed(request)).values.smallest_count


RulesInForce = Annotated[Book, Depends(renewed)]
Smallest = Annotated[int, Depends(_smallest)]  # the rule `smallest_count`
