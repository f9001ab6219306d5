"""`make files-passed`: lists the source files that one answered SMS passes through, from the webhook to the reply.

A profiler records which functions of the project run while Twilio's webhook answers one question. Files with *steps*
run coroutines: the path of the message itself. The others only contribute pure functions. `--calls` shows all.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tests import caretaker
from tests.databases import SqliteDatabases
from tests.seated import seated
from tests.sms.test_twilio_webhook import INBOUND, signed, text_from
from tests.world import World, quiet

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = tuple(f"{ROOT / name}/" for name in ("api", "bot", "sms", "sawt"))
_STEP = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR

Passed = dict[str, dict[str, bool]]  # the functions that ran in each file: name, and whether it is a coroutine


@contextmanager
def watched() -> Iterator[Passed]:
    """Record the project's functions that run in this thread during the block."""
    passed: Passed = defaultdict(dict)

    def record(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PACKAGES):
            file = Path(code.co_filename).relative_to(ROOT).as_posix()
            passed[file][code.co_qualname] = bool(code.co_flags & _STEP)

    sys.setprofile(record)
    try:
        yield passed
    finally:
        sys.setprofile(None)


async def answer(world: World, number: str, text: str, sid: int) -> None:
    """Post a resident's SMS as Twilio does, and check that there is a reply."""
    request = signed(world, {**text_from(world, text, f"SM{sid:032}"), "From": number})
    response = await world.http.post(INBOUND, **request)
    assert response.status_code == 200, response.text
    assert "<Message" in response.text, response.text


async def passed_by_one_answer() -> Passed:
    """Answer one question to fill caches, then record the answer to the next, on a fresh SQLite database."""
    with caretaker.run() as folder:
        async with quiet(await SqliteDatabases(folder).fresh()) as world:
            person = await seated(world, "sms")
            await answer(world, person.address, "2", 1)
            with watched() as passed:
                await answer(world, person.address, "1", 2)
    return passed


def report(passed: Passed, *, calls: bool) -> Iterator[str]:
    """The lines to print: files with steps, files with pure functions only, and their numbers."""
    steps = {file for file, functions in passed.items() if any(functions.values())}
    for title, files in (("with steps", steps), ("with pure functions only", passed.keys() - steps)):
        yield f"Files {title}: {len(files)}"
        for file in sorted(files):
            names = ", ".join(name for name in passed[file] if "<" not in name)
            yield f"  {file}: {names}" if calls else f"  {file}"
    yield f"An answered SMS passes through {len(passed)} files, {len(steps)} of them with steps."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", action="store_true", help="also list the functions that ran in each file")
    options = parser.parse_args()
    for line in report(asyncio.run(passed_by_one_answer()), calls=options.calls):
        print(line)  # noqa: T201
