"""The lines of docs/record.md verify a record with jq, sha256sum and openssl, and find what was done to it."""

from __future__ import annotations

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.record.test_offline import LINES, POINT, ROWS, checkpoint, record

DOCS = Path(__file__).resolve().parents[2] / "docs" / "record.md"
SCRIPT = "\n".join(["set -e", *re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)])
PROGRAMS = [name for name in ("jq", "sha256sum", "openssl", "base64") if shutil.which(name) is None]
TEXT = 'Été ⵜⴰⵎⴰⵣⵉⵖⵜ "القانون" \\ / <&> \t\n \u2028 \U0001f600 \u007f\u0085 x'


async def run(folder: Path, lines: list[bytes], point: str) -> tuple[int | None, str]:
    """The exit code and output of the documented lines."""
    (folder / "record.jsonl").write_bytes(b"".join(lines))
    (folder / "checkpoint.json").write_text(point, encoding="utf-8")
    process = await asyncio.create_subprocess_exec("sh", "-c", SCRIPT, cwd=folder, stdout=PIPE, stderr=STDOUT)
    out, _ = await process.communicate()
    return process.returncode, out.decode()


@pytest.mark.skipif(bool(PROGRAMS), reason="a program is missing")
class TestDocumentedLines:
    """What docs/record.md says, run by a shell."""

    async def test_verify_whatever_staff_may_write(self, tmp_path: Path) -> None:
        lines = record(2, reason=TEXT.replace("\u007f", ""), old={"n": 2**53 - 1, "b": [True, None], "a": TEXT[:5]})
        assert await run(tmp_path, lines, checkpoint(lines).model_dump_json()) == (
            0,
            "Signature Verified Successfully\n2 rows verify\n",
        )

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ([*LINES[:2], LINES[2].replace(b"resident 3", b"resident 4"), *LINES[3:]], "row 3 does not verify"),
            ([*LINES[:3], *LINES[4:]], "row 4 does not verify"),
            ([LINES[0], LINES[2], LINES[1], *LINES[3:]], "row 2 does not verify"),
            ([*LINES[:4], LINES[1], *LINES[4:]], "row 5 does not verify"),
            (LINES[:-1], f"row {ROWS} is missing"),
            (record(who="idir"), f"row {ROWS} is not the one that is signed"),
        ],
        ids=["flip", "drop", "swap", "insert", "truncate", "rewritten"],
    )
    async def test_find_what_was_done(self, tmp_path: Path, lines: list[bytes], said: str) -> None:
        code, output = await run(tmp_path, lines, POINT.model_dump_json())
        assert (code, output.splitlines()[-1]) == (1, said)

    async def test_refuse_a_forged_checkpoint(self, tmp_path: Path) -> None:
        forged = POINT.model_copy(update={"seq": 3})
        code, output = await run(tmp_path, LINES, forged.model_dump_json())
        assert (code, "rows verify" in output) == (1, False)
