"""Types for settings that are stricter than Python's own types. Each error message says what is accepted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def _in_order(days: tuple[date, date]) -> tuple[date, date]:
    if days[0] > days[1]:
        raise ValueError(f"{days[0]} is after {days[1]}: put the first day first")
    return days


def _known_database(url: str) -> str:
    if not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        raise ValueError("the URL must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME")
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # not chained: the library's message contains the password
        raise ValueError("this is not a valid database URL: write it as postgresql+asyncpg://USER@HOST/NAME") from None
    return url


def _known_region(value: str) -> str:
    region = value.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("this is not a country code: use two letters, such as MA")
    return region


DatabaseUrl = Annotated[str, AfterValidator(_known_database)]
Region = Annotated[str, AfterValidator(_known_region)]
Days = Annotated[tuple[date, date], AfterValidator(_in_order)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda value: str(value).upper())]
Rate = Annotated[float, Field(gt=0)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
Money = Annotated[float, Field(allow_inf_nan=False)]
