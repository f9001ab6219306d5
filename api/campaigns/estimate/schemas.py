"""A test of a campaign's text on a phone of the staff, as they ask for it and as it was queued."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class TestIn(StrictModel):
    """A test to send: to which phone, on which channel and in which language.

    By default the channel is the one that the campaign would use for this phone, and there is a message in each
    language.
    """

    __test__ = False  # pytest must not take this class for a test because of its name

    to: str = Field(max_length=40, description="a mobile number: +212 and nine digits")
    channel: Literal["sms", "telegram"] | None = Field(
        None, description="by default Telegram if its owner has it, else SMS"
    )
    language: Literal["ar", "fr", "zgh"] | None = Field(None, description="by default all three, each as a message")


class TestOut(BaseModel):
    """A test message that was queued."""

    __test__ = False

    delivery: int
    language: str
    channel: str
    road: str
    parts: int = Field(description="SMS segments, including the mark")
