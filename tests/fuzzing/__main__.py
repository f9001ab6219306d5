"""`make fuzz`: Schemathesis generates requests from the OpenAPI document, and checks every response against it."""

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
_USUAL = 15  # requests per phase and operation: some minutes in all
# This check requires that everything the schema allows is accepted. JSON Schema cannot express some of our rules, which
# refuse with 422 as documented: a cursor is the `next` of a page, an idempotency key belongs to one request, an end is
# after its start, texts are required without parts, a place has many spellings, phone numbers have a numbering plan.
_LEFT_OUT = "positive_data_acceptance"


def main() -> int:
    """Run Schemathesis to the end; returns its exit code, 0 if every response matched the document."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("program", help="the `schemathesis` to run; unknown options are passed on to it")
    parser.add_argument("--examples", type=int, default=_USUAL, help="requests per operation and phase")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    options, more = parser.parse_known_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if options.database == "postgresql":
            url = asyncio.run(stack.enter_context(postgres()).empty())
        return asyncio.run(
            _run(Path(options.program).absolute(), folder, url, [f"--max-examples={options.examples}", *more])
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
