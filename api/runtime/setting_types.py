"""Kinds of settings that take less than their type would: each says in words what it takes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def _in_order(days: tuple[date, date]) -> tuple[date, date]:
    if days[0] > days[1]:
        raise ValueError(f"{days[0]} is after {days[1]}: the first day comes first")
    return days


def _known_database(url: str) -> str:
    if not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError("it is sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME")
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # without the library's words, which hold the password
        raise ValueError("it is no URL of a database, such as postgresql+asyncpg://USER@HOST/NAME") from None
    return url


def _known_region(given: str) -> str:
    region = given.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("that is no country with phone numbers: two letters, as MA")
    return region


DatabaseUrl = Annotated[str, AfterValidator(_known_database)]
Region = Annotated[str, AfterValidator(_known_region)]
Days = Annotated[tuple[date, date], AfterValidator(_in_order)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda given: str(given).upper())]
Rate = Annotated[float, Field(gt=0)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
Money = Annotated[float, Field(allow_inf_nan=False)]
