"""The picture of a proposal, for channels that show pictures: checked, and kept in the database for every process."""

from __future__ import annotations

import struct
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid, NotFound
from api.proposals import editing, service
from api.proposals.models import Picture, Proposal

LARGEST = 1024 * 1024  # bytes: Telegram takes ten times as much, and shows a card no better for it
JPEG, PNG = "image/jpeg", "image/png"
# Telegram's own limits for a photo (core.telegram.org/bots/api#sendphoto): pixels of both sides together, and how many
# times the longer side may be the shorter one.
_SIDES, _RATIO = 10_000, 20
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # segments that tell a size (ITU-T T.81, table B.1)


async def keep(session: AsyncSession, code: str, content: bytes, *, who: str, now: datetime) -> Proposal:
    """Keep a picture, in place of the one there is.

    Raises NotFound, Invalid where it is none that can be shown, or Conflict where a vote on the proposal has opened.
    """
    kind = check(content)
    found = await editing.unvoted(session, code)
    kept = await session.get(Picture, found.id) or Picture(proposal_id=found.id)
    kept.kind, kept.content = kind, content
    session.add(kept)
    service.note(session, found, "picture", who=who, now=now)
    await session.flush()
    return found


async def remove(session: AsyncSession, code: str, *, who: str, now: datetime) -> Proposal:
    """Take the picture away. Raises NotFound where there is none, or Conflict where a vote on it has opened."""
    found = await editing.unvoted(session, code)
    await get(session, code)
    await session.execute(delete(Picture).where(Picture.proposal_id == found.id))
    service.note(session, found, "unpicture", who=who, now=now)
    await session.flush()
    return found


async def get(session: AsyncSession, code: str) -> Picture:
    """The picture of a proposal. Raises NotFound where it has none."""
    found = await session.get(Picture, (await service.get(session, code)).id)
    if found is None:
        raise NotFound(f"the proposal {code} has no picture")
    return found


async def of(session: AsyncSession, code: str | None) -> bytes | None:
    """The bytes of the picture of the proposal that a code names, if it names one that has a picture."""
    found: bytes | None = await session.scalar(
        select(Picture.content).join(Proposal, Proposal.id == Picture.proposal_id).where(Proposal.code == code)
    )
    return found


async def kind_of(session: AsyncSession, proposal_id: int) -> str | None:
    """The media type of a proposal's picture; None where it has none."""
    found: str | None = await session.scalar(select(Picture.kind).where(Picture.proposal_id == proposal_id))
    return found


def check(content: bytes) -> str:
    """The media type of a picture. Raises Invalid, saying what is wrong, where Telegram would not show it."""
    if len(content) > LARGEST:
        raise Invalid(f"a picture has {LARGEST // 1024} KiB at most")
    kind, size = (PNG, _png(content)) if content.startswith(_PNG_HEAD) else (JPEG, _jpeg(content))
    if size is None:
        raise Invalid("a picture is a whole JPEG or PNG file")
    if sum(size) > _SIDES or max(size) > _RATIO * min(size):
        raise Invalid(f"width and height are {_SIDES} pixels together at most, and none {_RATIO} times the other")
    return kind


def _png(content: bytes) -> tuple[int, int] | None:
    """Width and height, out of the first chunk; None where it is not one."""
    if content[12:16] != b"IHDR" or len(content) < 24 or not content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Width and height, out of the segment that tells them; None where there is none before the picture begins."""
    at = 2
    if not content.startswith(b"\xff\xd8") or b"\xff\xd9" not in content[-64:]:
        return None
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker == 0xDA or length < 2:
            return None
        at += 2 + length
    return None
