"""`make fuzz`: Schemathesis makes requests out of the OpenAPI document, and holds every answer to it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

from tests.databases import postgres
from tests.fuzzing.service import demonstration

_CONFIG = Path(__file__).with_name("schemathesis.toml")
_USUAL = 15  # requests that each phase makes of an operation: some minutes in all
# Left out: that all that the schema allows is accepted. JSON Schema cannot say our own rules, which refuse with 422 as
# the document says: a cursor is the `next` of a page, an idempotency key belongs to one request, an end comes after its
# beginning, texts are needed where there are no parts, a place has many spellings, a phone number has a numbering plan.
_LEFT_OUT = "positive_data_acceptance"


def main() -> int:
    """Run it to its end; returns its exit code: 0 if every answer was as described."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("program", help="the `schemathesis` to run; what is not known here is handed to it")
    parser.add_argument("--examples", type=int, default=_USUAL, help="requests of each operation and phase")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    given, more = parser.parse_known_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if given.database == "postgresql":
            url = asyncio.run(stack.enter_context(postgres()).empty())
        return asyncio.run(
            _run(Path(given.program).absolute(), folder, url, [f"--max-examples={given.examples}", *more])
        )


async def _run(program: Path, folder: Path, database_url: str, options: list[str]) -> int:
    async with demonstration(folder, database_url) as settings:
        process = await asyncio.create_subprocess_exec(
            program, f"--config-file={_CONFIG}", "run", f"{settings.public_url}/openapi.json",
            "--checks=all", f"--exclude-checks={_LEFT_OUT}", "--continue-on-failure", "--workers=2",
            f"--header=Authorization: Bearer {settings.api_token.get_secret_value()}", "--header=X-Actor: fuzz",
            *options, cwd=folder,
        )  # fmt: skip
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


sys.exit(main())
