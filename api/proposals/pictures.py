"""Check and store pictures of proposals. Channels that support pictures show them."""

from __future__ import annotations

import struct
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid, NotFound
from api.proposals import editing, service
from api.proposals.models import Picture, Proposal

LARGEST = 1024 * 1024  # bytes; Telegram accepts ten times as much, but the picture would look no better
JPEG, PNG = "image/jpeg", "image/png"
# Telegram's limits for a photo (core.telegram.org/bots/api#sendphoto): the sum of both sides in pixels, and the ratio
# of the longer side to the shorter one.
_SIDES, _RATIO = 10_000, 20
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # segments with a size (ITU-T T.81, table B.1)


async def save(session: AsyncSession, code: str, content: bytes, *, who: str, now: datetime) -> Proposal:
    """Save a proposal's picture, replacing the old one.

    Raises NotFound, Invalid if the picture cannot be shown, or Conflict if a vote on the proposal has opened.
    """
    kind = check(content)
    proposal = await editing.lock_unvoted(session, code)
    picture = await session.get(Picture, proposal.id) or Picture(proposal_id=proposal.id)
    picture.kind, picture.content = kind, content
    session.add(picture)
    service.note(session, proposal, "picture", who=who, now=now)
    await session.flush()
    return proposal


async def remove(session: AsyncSession, code: str, *, who: str, now: datetime) -> Proposal:
    """Delete a proposal's picture. Raises NotFound if it has none, or Conflict if a vote on the proposal has opened."""
    proposal = await editing.lock_unvoted(session, code)
    await get(session, code)
    await session.execute(delete(Picture).where(Picture.proposal_id == proposal.id))
    service.note(session, proposal, "unpicture", who=who, now=now)
    await session.flush()
    return proposal


async def get(session: AsyncSession, code: str) -> Picture:
    """Return the picture of a proposal. Raises NotFound if it has none."""
    picture = await session.get(Picture, (await service.get(session, code)).id)
    if picture is None:
        raise NotFound(f"the proposal {code} has no picture")
    return picture


async def content_of(session: AsyncSession, code: str | None) -> bytes | None:
    """Return the bytes of a proposal's picture; None if there is no such proposal or picture."""
    content: bytes | None = await session.scalar(
        select(Picture.content).join(Proposal, Proposal.id == Picture.proposal_id).where(Proposal.code == code)
    )
    return content


async def kind_of(session: AsyncSession, proposal_id: int) -> str | None:
    """Return the media type of a proposal's picture; None if it has none."""
    kind: str | None = await session.scalar(select(Picture.kind).where(Picture.proposal_id == proposal_id))
    return kind


def check(content: bytes) -> str:
    """Return the media type of a picture. Raises Invalid, with the reason, if Telegram could not show the picture."""
    if len(content) > LARGEST:
        raise Invalid(f"the picture is too large: it can have at most {LARGEST // 1024} KiB")
    kind, size = (PNG, _png(content)) if content.startswith(_PNG_HEAD) else (JPEG, _jpeg(content))
    if size is None:
        raise Invalid("a picture must be a complete JPEG or PNG file")
    if sum(size) > _SIDES or max(size) > _RATIO * min(size):
        raise Invalid(
            f"width and height of the picture together can be at most {_SIDES} pixels, and the longer side at "
            f"most {_RATIO} times the shorter one"
        )
    return kind


def _png(content: bytes) -> tuple[int, int] | None:
    """Return the width and height of a PNG file; None if the file is incomplete."""
    if content[12:16] != b"IHDR" or len(content) < 24 or not content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        return None
    # in the first chunk
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Return the width and height of a JPEG file; None if the file is incomplete."""
    at = 2
    if not content.startswith(b"\xff\xd8") or b"\xff\xd9" not in content[-64:]:
        return None
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_SIZES:
            # in the frame header
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker == 0xDA or length < 2:
            return None
        at += 2 + length
    return None
