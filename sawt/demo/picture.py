"""Draw the demonstration's picture: a school bus on a mountain road. Code draws it, so it needs no licence."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_WIDTH, _HEIGHT = 480, 320
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom

_SKY, _SUN, _ROAD, _LINE = (190, 220, 240), (250, 200, 80), (90, 90, 95), (240, 240, 235)
_NEAR, _FAR, _TYRE, _HUB = (120, 160, 100), (140, 150, 170), (30, 30, 35), (200, 200, 205)
_BODY, _GLASS = (245, 185, 40), (70, 110, 140)
_BOXES: tuple[tuple[Box, Colour], ...] = (
    ((110, 140, 350, 240), _BODY),
    ((350, 180, 390, 240), _BODY),
    *(((left, 155, left + 40, 190), _GLASS) for left in (125, 180, 235, 290)),
    ((110, 210, 390, 216), _TYRE),
)
_WHEELS = ((165, 240), (330, 240))


def drawn() -> bytes:
    """Return the picture as a PNG file (RFC 2083), with eight bits per colour and no filter."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y)) for x in range(_WIDTH)) for y in range(_HEIGHT))
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks(chunks))


def _chunks(chunks: tuple[tuple[bytes, bytes], ...]) -> Iterator[bytes]:
    for name, data in chunks:
        yield struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _colour(x: int, y: int) -> Colour:
    """Return the colour of one point of the picture."""
    for across, down in _WHEELS:
        distance = (x - across) ** 2 + (y - down) ** 2
        if distance < 24**2:
            return _HUB if distance < 10**2 else _TYRE
    for (left, top, right, bottom), colour in reversed(_BOXES):
        if left <= x < right and top <= y < bottom:
            return colour
    return _behind(x, y)


def _behind(x: int, y: int) -> Colour:
    """Return the background's colour at a point: road, hills, sun or sky."""
    if y >= 240:
        return _LINE if 276 <= y < 284 and x % 80 < 44 else _ROAD
    if y > 205 - abs(x % 320 - 160) // 4:
        return _NEAR
    if y > 40 + abs(x - 300) // 2:
        return _FAR
    return _SUN if (x - 80) ** 2 + (y - 70) ** 2 < 32**2 else _SKY
