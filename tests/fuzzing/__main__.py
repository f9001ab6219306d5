"""`make fuzz`: requests made out of the OpenAPI document, and every answer held to it by Schemathesis.

Which checks are left out, and why, stands in `schemathesis.toml`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.fuzzing.service import demonstration

_CONFIG = Path(__file__).with_name("schemathesis.toml")
_USUAL = 30  # requests that the fuzzing phase makes of each operation: some minutes in all


def main() -> int:
    """Run it to its end; returns its exit code: 0 if every answer was as described."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("program", help="the `schemathesis` to run")
    parser.add_argument("--examples", type=int, default=_USUAL, help="of each operation; more find more")
    parser.add_argument(
        "--database", default="", metavar="URL", help="an empty one; SQLite in a scratch folder if none"
    )
    given, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(Path(folder), given, more))


async def _run(folder: Path, given: argparse.Namespace, more: list[str]) -> int:
    async with demonstration(folder, given.database) as settings:
        process = await asyncio.create_subprocess_exec(
            given.program, f"--config-file={_CONFIG}", "run", f"{settings.public_url}/openapi.json",
            "--checks=all", f"--max-examples={given.examples}",
            f"--header=Authorization: Bearer {settings.api_token.get_secret_value()}", "--header=X-Actor: fuzz", *more,
            cwd=folder,
        )  # fmt: skip
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


sys.exit(main())
