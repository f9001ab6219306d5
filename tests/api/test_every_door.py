"""While votes are open, nothing that anybody can read reveals that someone voted: counts move in steps of ten.

Compares all output before and after more people vote: every GET of /v1, every command that reads, and the public
pages. Enter new routes and commands here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from api.consultations import content
from api.consultations.ballots import casting
from api.consultations.counts import snapshots
from api.consultations.models import Consultation, ConsultationState
from api.errors import SawtError
from api.v1 import ROUTERS
from sawt.__main__ import Commands
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, clock, ended, launched, make, recipients
from tests.commitments.office import ask
from tests.commitments.plans import CODE, add_plan
from tests.direct import DirectPerson
from tests.meetings.planned import planned
from tests.proposals.office import idea, published
from tests.proposals.test_rounds import create_round, opened
from tests.record_tools import forget_acts
from tests.seated import answered, seated
from tests.staff.test_today import letter
from tests.terminal import Terminal
from tests.world import KEYS, World, quiet

# Values for the paths of /v1.
NAMED = {
    "/v1/consultations/{code}": ["plan", "vote", "marks"],
    "/v1/consultations/{code}/results": ["plan", "vote", "marks"],
    "/v1/consultations/{code}/answers": ["plan", "vote", "marks"],
    "/v1/consultations/{code}/answers/tags": ["plan", "vote", "marks"],
    "/v1/consultations/{code}/answers.csv": ["plan", "vote", "marks"],
    "/v1/meetings/{code}": ["tanger"],
    "/v1/meetings/{code}/seats": ["tanger"],
    "/v1/proposals/{code}": ["well", "bus"],
    "/v1/proposals/{code}/picture": ["well"],
    "/v1/words/unmatched": ["x", "x?code=plan"],
    "/v1/residents/{number}": ["1", "2"],
}
USUAL = {"{campaign_id}": "1", "{number}": "1", "{code}": CODE}
# Commands that read; {ground} is the consultation of the ground check.
READING = [
    "whoami", "today", "today --json", "doctor", "campaign list", "campaign preview 2", "campaign preview 2 --json",
    "campaign report 1", "campaign report 1 --json", "campaign recipients 1", "campaign watch 1", "commitment plans",
    f"commitment list {CODE}", f"commitment show {CODE} 3", f"commitment late {CODE}", f"commitment export {CODE}",
    f"commitment export {CODE} --json", "consultation list", "clock list", "agent list", "desk list", "desk overview",
    "desk read 1", "idea list", "idea show 1", "idea show 1 --json", "lanes list", "meeting list",
    "meeting show tanger", "meeting who tanger", "roads list", "messages list", "proposal list", "proposal show well",
    "resident show 1", "resident merges", "resident ranges", "resident acts", "words unmatched",
    "words unmatched plan", "words unmatched plan --json",
    "results plan", "results plan --json", "results vote", "results vote --json", "results marks",
    "results {ground}", "results {ground} --json", "campaign show 2", "consultation show plan",
    "consultation show vote",
    "consultation show marks", "rules list", "rules history", "places", "places tetouan", "themes",
    "consultation example", "campaign example", "meeting example", "consultation poster plan",
    "proposal example", "commitment example", "round example",
    "vault list", "answers list plan", "answers list {ground} --json", "answers tags plan", "answers export plan -",
    "answers show 1", "staff list", "tokens list",
    "audit list", "audit export -", "audit key", "audit checkpoint",
    "audit verify record.jsonl record.json", "resident unmaskings",
]  # fmt: skip
WRITING = {
    "login", "logout", "confirm",
    "invite", "serve", "migrate", "demo", "keys", "campaign create", "campaign schedule", "campaign launch",
    "campaign budget", "campaign submit", "campaign unschedule", "campaign approve", "campaign pause",
    "campaign resume", "campaign cancel", "campaign revise", "campaign clone", "campaign resend", "campaign test",
    "commitment plan", "commitment put", "commitment milestone", "commitment assess", "commitment update",
    "commitment ground", "commitment import", "consultation create", "consultation discard", "consultation open",
    "consultation close", "consultation schedule", "clock confirm", "agent create", "agent end", "agent free",
    "agent void", "desk answer", "desk assign", "desk close", "idea read", "idea publish", "idea merge",
    "idea decline", "lanes resume", "meeting create", "meeting cancel", "meeting move", "meeting seats",
    "meeting minutes", "meeting attendance", "roads test", "messages set", "messages reset", "proposal create",
    "proposal edit", "proposal publish", "proposal withdraw", "proposal choose", "proposal pass-over",
    "proposal answer", "proposal commit", "proposal picture", "resident erase", "resident unmask", "resident unmerge",
    "resident merge-doubles", "round create", "campaign edit", "rules set", "consultation try", "consultation edit",
    "consultation clone", "vault forget", "answers tag", "answers untag", "words assign", "words unassign",
    "words drop", "staff create", "staff invite", "staff disable", "staff reset", "staff grant", "staff revoke",
    "tokens create", "tokens revoke",
}  # fmt: skip
PUBLIC = ("/", "/openapi.json", "/readyz", "/receipts", "/record")
# Times and hashes, which differ between two readings.
_MOMENT = re.compile(
    r"[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|\d\d/\d\d/\d{4} \d\d:\d\d|\d\d:\d\d:\d\d"
)


def paths() -> list[str]:
    """Every path of /v1 with a GET route."""
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute))
    return [route.path for route in routes if "GET" in route.methods]


def addresses(ground: str) -> list[str]:
    """Every path with values that exist."""
    filled = []
    for path in paths():
        names = NAMED.get(path)
        if names is None:
            for name, value in USUAL.items():
                path = path.replace(name, value)
            filled.append(path)
            continue
        if "consultations" in path:
            names = [*names, ground]
        filled += [re.sub(r"\{\w+\}", name.partition("?")[0], path) + ("?" + name.partition("?")[2]) for name in names]
    return filled


def commands() -> set[str]:
    """Every command, as its words."""
    names: set[str] = set()

    def walk(command: Any, words: list[str]) -> None:
        for name, each in getattr(command, "commands", {}).items():
            walk(each, [*words, name])
        if not getattr(command, "commands", None):
            names.add(" ".join(words))

    for name in Commands.table:
        walk(Commands.load(name), [name])
    return names


def test_every_command_is_known_to_read_or_to_write() -> None:
    read = {each for each in commands() if any(words == each or words.startswith(f"{each} ") for words in READING)}
    assert read | WRITING == commands()
    assert read & WRITING == set()


class Office(NamedTuple):
    """The world and the people who will vote in it."""

    world: World
    people: list[DirectPerson]


@pytest.fixture
async def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """A world with data for every route and four open votes, with the default setting."""
    vault = tmp_path / "vault"  # its own, since doctor reports keys of others
    vault.mkdir(0o700)
    monkeypatch.setenv("SAWT_VAULT", str(vault))
    async with quiet(database_url, smallest_count=10, vault=[vault]) as world:
        people = [await seated(world, "sms") for _ in range(19)]  # while there is only one vote to choose from
        author = await resident(world)
        one, two = await published(world, "well", "bus")
        three, four = await published(world, "tram", "park")
        invited = await launched(world, {**INVITATION, "urgent": True})
        for each in await recipients(world, invited):
            await ended(world, invited, each, "delivered")
        await clock(world)
        await make(world, NEWS)
        await create_round(world, "vote", [one, two], kind="approve")
        await create_round(world, "marks", [three, four], kind="statements", sitting=2)
        for code in ("vote", "marks"):
            await opened(world, code)
        await add_plan(world)
        await planned(world)
        await idea(world, author, "des arbres")
        await letter(world, author)
        fields = {"name": "Association"}
        assert (await call(world, "POST", "/v1/agents", json=fields)).status_code == 201
        yield Office(world, people)


async def vote(world: World, voters: list[DirectPerson]) -> None:
    """Everybody votes in the main vote by messages; as many ballots are cast in each other open vote."""
    for place, person in enumerate(voters):
        await person.say("plan")  # the campaigns sent them other messages since
        await answered(person, place % 3 + 1)
    async with world.db.transaction() as session:
        for consultation in await session.scalars(
            select(Consultation).where(Consultation.state == ConsultationState.OPEN)
        ):
            if consultation.code == "plan":
                continue
            for question in await content.read(session, consultation_id=consultation.id):
                value = question.options[0].value if question.options else "yes"
                marked = f"{value}:yes" if question.kind == "statements" else value
                for _ in voters:
                    voter = casting.Voter(secrets.token_bytes(32), "sms", "fr", "01.571")
                    await casting.cast(
                        session, consultation_id=consultation.id, voter=voter, question=question, values=[marked],
                        complete=True, now=world.now(),
                    )  # fmt: skip


async def read(world: World, terminal: Terminal, ground: str) -> dict[str, str]:
    """All output, without times."""
    world.now.advance(hours=1)
    async with world.db.transaction() as session:
        await snapshots.take(session, now=world.now())
    output = {}
    for path in (*addresses(ground), *PUBLIC, *(f"/consultations/{code}/receipts" for code in ("plan", "vote"))):
        answer = await call(world, "GET", path)
        assert answer.status_code in ((200, 404) if "picture" in path or path in PUBLIC else (200, 404, 409)), (
            path,
            answer.text,
        )
        number = answer.headers["X-Request-Id"]  # differs for each request
        output[f"GET {path}"] = f"{answer.status_code} {answer.text}".replace(number, "…")
    for words in READING:
        line = words.format(ground=ground)
        result = await terminal.run(*line.split())
        # Texts of an open vote are refused; there are no checkpoint and no files.
        refused = SawtError if line.startswith(("answers", "audit")) else SystemExit
        assert result.exception is None or isinstance(result.exception, refused), (
            line,
            result.output,
            result.exception,
        )
        output[f"sawt {line}"] = f"{result.output}{result.exception or ''}"
    await forget_acts(world)  # the record has each reading
    return {source: _MOMENT.sub("…", text) for source, text in output.items()}


async def test_nothing_reveals_that_somebody_voted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    world, people = office
    for name, value in {"DATABASE_URL": world.settings.database_url, "KEYS": KEYS, "TELEGRAM_BOT": "sawt_bot"}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    monkeypatch.setenv("COLUMNS", "300")
    terminal = Terminal(world, monkeypatch)
    ground, _ = await ask(world)
    await forget_acts(world)  # from the preparation
    await vote(world, people[:3])
    await terminal.sign_in("amina")  # from now on there is an account
    few = await read(world, terminal, ground)
    await vote(world, people[3:9])
    assert differing(few, await read(world, terminal, ground)) == {}
    await vote(world, people[9:12])
    first = await read(world, terminal, ground)
    changed = {source.rstrip("?") for source in differing(few, first)}
    for code in ("plan", "vote", "marks", ground):  # proves that the comparison sees changes
        assert f"GET /v1/consultations/{code}/results" in changed
    await vote(world, people[12:19])
    assert differing(first, await read(world, terminal, ground)) == {}


def differing(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    """The sources whose output changed."""
    return {source: (text, after[source]) for source, text in before.items() if after[source] != text}
