"""Two versions of Morocco's zone data: before 2026c with permanent UTC+1, and after it."""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from api import clock


def tzif(hours: int) -> bytes:
    """A TZif file (RFC 8536) of a zone that is always `hours` ahead of UTC."""
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = header + struct.pack(">lBB", hours * 3600, 0, 0) + f"+{hours:02}\0".encode()
    return block + block + f"\n<+{hours:02}>{-hours}\n".encode()


def zone(hours: int) -> ZoneInfo:
    """Such a zone with Morocco's name."""
    return ZoneInfo.from_file(BytesIO(tzif(hours)), key=clock.ZONE)


OLD, NEW = zone(1), zone(0)


def go_by(patch: pytest.MonkeyPatch, data: ZoneInfo) -> None:
    """Make all of Sawt use this version, as if it had started with it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("api", "bot", "sms", "sawt", "tests") and "MOROCCO" in vars(module):
            patch.setattr(module, "MOROCCO", data)
