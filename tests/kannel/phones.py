"""The message centre and all its phones, played by Kannel's fakesmsc."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tests.kannel.boxes import Boxes, ended, until
from tests.kannel.config import SERVICE

_GOT = re.compile(r"Got message \d+: <(.*)>$")
_SMS = re.compile(rf"{SERVICE} (\+?\d+) (text|data|ucs-2|udh (\S+) (?:data|text|ucs-2)) ?(.*)$")


class Phones:
    """The phones that text the service, and what they received."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.inbox: dict[str, list[str]] = defaultdict(list)
        self.kinds: list[str] = []  # the form of each SMS: "text" for 7 bits, "ucs-2", or "1/3" for a part
        self._parts: dict[tuple[str, int], dict[int, bytes]] = defaultdict(dict)
        self._open: str | None = None  # the number whose text may continue in the next line

    async def read(self, number: str, text: str) -> None:
        """Wait until this is the phone's latest message."""

        async def has() -> bool:
            return self.inbox[number][-1:] == [text]

        await until(has, lambda: f"{text!r}, not {self.inbox[number][-1:]}")

    async def got(self, number: str, messages: int) -> None:
        """Wait until this phone has this many messages."""

        async def has() -> bool:
            return len(self.inbox[number]) == messages

        await until(has, lambda: f"{messages} messages, not {len(self.inbox[number])}")

    async def listen(self) -> None:
        """Read fakesmsc's output to the end."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if got := _GOT.search(line.decode("utf-8", "replace").rstrip("\n")):
                self._take(got[1])

    def _take(self, line: str) -> None:
        sms = _SMS.match(line)
        if sms is None:  # fakesmsc prints the next line of a 7-bit text like a message
            if self._open is not None:
                self.inbox[self._open][-1] += f"\n{line}"
            return
        number, kind, header, letters = sms.groups()
        if header is not None:
            self._take_part(number, unquote_to_bytes(header), _bytes(letters))
            return
        self.kinds.append(kind)
        self.inbox[number].append(letters if kind == "text" else _bytes(letters).decode("utf-16-be"))
        self._open = number if kind == "text" else None

    def _take_part(self, number: str, header: bytes, letters: bytes) -> None:
        assert header[:3] == b"\x05\x00\x03"  # 3GPP TS 23.040, 9.2.3.24.1: reference, number of parts, part
        reference, parts, place = header[3:6]
        self.kinds.append(f"{place}/{parts}")
        received = self._parts[number, reference]
        received[place] = letters
        if len(received) == parts:
            self.inbox[number].append(_text(b"".join(received[each] for each in sorted(received))))
            del self._parts[number, reference]
            self._open = None


def _bytes(letters: str) -> bytes:
    return unquote_to_bytes(letters.replace("+", "%20"))


def _text(joined: bytes) -> str:
    """Decode a long message: its encoding is not printed, but every UCS-2 sentence contains a space's zero byte."""
    return joined.decode("utf-16-be") if b"\x00" in joined else joined.decode("utf-8")


def sms(number: str, text: str) -> str:
    """fakesmsc's form of a text to the service; `number` as the operator writes it."""
    return f"{number} {SERVICE} ucs2 {quote_from_bytes(text.encode('utf-16-be'), safe='')}"


@asynccontextmanager
async def switched_on(program: Path, boxes: Boxes, *texts: str) -> AsyncIterator[Phones]:
    """The phones during the block, one of which texts; before and after it their message centre does not answer.

    Each process sends one text, since fakesmsc needs a second for each text typed to it.
    """
    many = ("-m", str(len(texts))) if texts else ()
    process = await asyncio.create_subprocess_exec(
        program, "-H", "127.0.0.1", "-r", str(boxes.smsc_port), "-i", "0.01", *many, *texts,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    phones = Phones(process)
    listening = asyncio.create_task(phones.listen())
    try:
        await boxes.until_status(f":{boxes.smsc_port} (online")
        yield phones
    finally:
        await ended(process)
        await listening
        await boxes.until_status(f":{boxes.smsc_port} (re-connecting")
