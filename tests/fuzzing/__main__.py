"""`make fuzz`: Schemathesis generates requests from the OpenAPI document, and checks every response against it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

from api.security.rights import of_names
from tests.accounts.needed import NEEDED
from tests.databases import postgres
from tests.fuzzing.service import demonstration, session_of

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
    parser.add_argument("--role", default="", help="a role or permission: use the rights of one, not every right")
    parser.add_argument("--province", default="", help="the province of that role, such as 01.571")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    options, more = parser.parse_known_args()
    options.program = Path(options.program).absolute()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if options.database == "postgresql":
            url = asyncio.run(stack.enter_context(postgres()).empty())
        return asyncio.run(_run(options, folder, url, [f"--max-examples={options.examples}", *more]))


async def _run(chosen: argparse.Namespace, folder: Path, database_url: str, options: list[str]) -> int:
    async with demonstration(folder, database_url) as served:
        settings = served.settings
        token, more, left_out = settings.api_token.get_secret_value(), ["--header=X-Actor: fuzz"], _LEFT_OUT
        if chosen.role:  # its refusals are no faults
            token = await session_of(settings, chosen.role, chosen.province)
            more = ["--exclude-name=DELETE /v1/session"]  # it would end this session
            left_out += ",ignored_auth"
        process = await asyncio.create_subprocess_exec(
            chosen.program, f"--config-file={_CONFIG}", "run", f"{settings.public_url}/openapi.json",
            "--checks=all", f"--exclude-checks={left_out}", "--continue-on-failure", "--workers=2",
            f"--header=Authorization: Bearer {token}", *more, *options, cwd=folder,
        )  # fmt: skip
        try:
            code = await process.wait()
            beyond = _beyond(chosen, served.allowed.routes) if chosen.role else 0
            return code or beyond
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


def _beyond(chosen: argparse.Namespace, routes: set[str]) -> int:
    """Report the routes that served a role beyond its rights; returns 1 if there are any."""
    held = of_names([chosen.role])
    wrong = []
    for route in sorted(routes & NEEDED.keys()):
        permissions, marks = NEEDED[route]
        if not permissions & held or (chosen.province and "~" not in marks):
            wrong.append(route)
    where = f" in {chosen.province}" if chosen.province else ""
    sys.stdout.write(f"{chosen.role}{where}: {len(routes)} routes served; beyond its rights: {wrong or 'none'}\n")
    return 1 if wrong else 0


sys.exit(main())
