"""A test of a campaign's text on a phone of the staff, as they ask for it and as it was queued."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class TestIn(StrictModel):
    """A test message to send to one phone.

    By default it uses the channel that the campaign would use for this phone, and there is one message per language.
    """

    __test__ = False  # pytest must not take this class for a test because of its name

    to: str = Field(max_length=40, description="A mobile number: +212 and nine digits.")
    channel: Literal["sms", "telegram"] | None = Field(
        None, description="Channel to use. Default: Telegram if the owner of the number uses it, otherwise SMS."
    )
    language: Literal["ar", "fr", "zgh"] | None = Field(
        None, description="Language of the message. Default: one message in each of the three languages."
    )


class TestOut(BaseModel):
    """A test message that was queued."""

    __test__ = False

    delivery: int
    language: str
    channel: str
    road: str
    parts: int = Field(description="Number of SMS segments, including the words that mark the message as a test.")
