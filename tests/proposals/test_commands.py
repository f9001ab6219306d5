"""Ideas and proposals on the command line: the same services, and errors in one sentence."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.db import Database
from api.proposals.ideas import intake
from api.residents.models import Resident
from api.rules import service as rules
from sawt.cli.people.commitments import commitment as commitment_command
from sawt.cli.people.ideas import idea as idea_command
from sawt.cli.people.proposals import proposal as proposal_command
from sawt.cli.voting.consultations import consultation as consultation_command
from sawt.cli.voting.rounds import round_ as round_command
from tests.clock import MovingClock
from tests.commitments.plans import plan
from tests.conftest import Databases
from tests.consultations import words
from tests.proposals.office import draft
from tests.proposals.test_chain import ANSWER
from tests.proposals.test_pictures import png
from tests.world import KEYS

REASON = {"ar": "سبب", "fr": "une raison", "zgh": "ⵜⴰⵎⵏⵜⵉⵍⵜ"}
COMMANDS = {
    "idea": idea_command,
    "proposal": proposal_command,
    "round": round_command,
    "consultation": consultation_command,
    "commitment": commitment_command,
}


async def sent_in(url: str, count: int) -> list[int]:
    """Submit so many ideas, each from another person; return their numbers."""
    db, now, numbers = Database(url), MovingClock(), []
    async with db.transaction() as session:
        await rules.change(session, rules.Book(), "smallest_count", 1, who="amina", now=now())  # few votes decide, too
        for _ in range(count):
            resident = Resident(state="active", language="fr", latin=False, joined_at=now())
            session.add(resident)
            await session.flush()
            idea = await intake.submit(
                session,
                resident,
                text="un puits, 0600000011",
                theme="water",
                province=None,
                channel="sms",
                most=3,
                now=now(),
            )
            numbers.append(idea.id)
    await db.close()
    return numbers


@pytest.fixture
def numbers(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    url = asyncio.run(databases.fresh())
    monkeypatch.setenv("SAWT_DATABASE_URL", url)
    monkeypatch.setenv("SAWT_KEYS", KEYS)
    return [str(number) for number in asyncio.run(sent_in(url, 3))]


def sawt(*line: str, body: object = None) -> Result:
    """Run a command that must succeed, as amina if it changes something."""
    who = () if line[1] in ("list", "show") else ("--as", "amina")
    text = json.dumps(body) if body is not None else None
    result = CliRunner().invoke(COMMANDS[line[0]], [*line[1:], *who], input=text, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_ideas(numbers: list[str]) -> None:
    one, two, three = numbers
    assert "phone" in sawt("idea", "list", "--flagged").stdout
    sawt("idea", "read", one)
    sawt("idea", "publish", one, "--text", "un puits")
    sawt("idea", "merge", two, one)
    sawt("idea", "decline", three, "--words", "-", body=REASON)
    page = json.loads(sawt("idea", "show", one, "--json").stdout)
    assert (page["state"], page["public"], page["authors"], page["merged"]) == ("read", "un puits", 2, [int(two)])
    assert "amina" in sawt("idea", "show", one).stdout
    assert "declined" in sawt("idea", "list", "--state", "declined").stdout
    refused = CliRunner().invoke(idea_command, ["decline", one, "--as", "amina", "--reason", "whim"])
    assert "there is no reason whim" in str(refused.exception)


def test_proposals(numbers: list[str]) -> None:
    sawt("idea", "read", numbers[0])
    sawt("proposal", "create", "-", body=draft("well", int(numbers[0])))
    sawt("proposal", "edit", "well", "-", body={"theme": "roads"})
    assert json.loads(sawt("proposal", "show", "well").stdout)["theme"] == "roads"
    for step in ("publish", "choose"):
        sawt("proposal", step, "well")
    sawt("proposal", "answer", "well", "-", body=ANSWER)
    details = json.loads(sawt("proposal", "show", "well").stdout)
    assert (details["state"], details["answer"], details["ideas"]) == ("chosen", ANSWER, [int(numbers[0])])
    assert "well" in sawt("proposal", "list", "--state", "chosen").stdout
    refused = CliRunner().invoke(proposal_command, ["commit", "well", "none", "1", "--as", "amina"])
    assert "there is no commitment none/1" in str(refused.exception)
    sawt("proposal", "withdraw", "well")
    wrong = CliRunner().invoke(proposal_command, ["create", "-", "--as", "amina"], input="{}")
    assert "title" in str(wrong.exception)


def test_a_round_and_where_a_commitment_came_from(numbers: list[str]) -> None:
    for place, number in enumerate(numbers[:2], start=1):
        sawt("idea", "read", number)
        sawt("proposal", "create", "-", body=draft(f"p-{place}", int(number)))
        sawt("proposal", "publish", f"p-{place}")
    shown = [json.loads(sawt("proposal", "show", f"p-{place}").stdout)["number"] for place in (1, 2)]
    order = ["round", "create", "vote-1", *map(str, shown), "--kind", "up_to", "--most", "1", "--threshold", "1"]
    text = sawt(*order, "--closes", "2030-01-01T10:00", "--words", "-", body={"title": words("ours")}).stderr
    assert "vote-1 is a draft; opens manually, closes on 01/01/2030 10:00" in text
    sawt("consultation", "open", "vote-1")
    sawt("consultation", "close", "vote-1", "--yes")
    assert json.loads(sawt("proposal", "show", "p-1").stdout)["state"] == "not_chosen"
    refused = CliRunner().invoke(
        COMMANDS["round"], ["create", "vote-2", *map(str, shown), "--kind", "up_to", "--as", "amina"]
    )
    assert "'most' is required for the kind 'up_to'" in str(refused.exception)
    sawt("proposal", "choose", "p-1")
    sawt("proposal", "pass-over", "p-2")
    sawt("commitment", "plan", "-", body=plan("plan-x"))
    sawt("commitment", "put", "plan-x", "-", body={"number": 4, "title": words("water")})
    sawt("proposal", "commit", "p-1", "plan-x", "4")
    (origin,) = json.loads(sawt("commitment", "show", "plan-x", "4").stdout)["came_from"]
    assert (origin["proposal"], origin["code"], origin["ideas"]) == (shown[0], "p-1", [int(numbers[0])])


def test_a_picture_is_added_and_removed(numbers: list[str], tmp_path: Path) -> None:
    sawt("proposal", "create", "-", body=draft("well"))
    file = tmp_path / "well.png"
    file.write_bytes(png())
    sawt("proposal", "picture", "well", str(file))
    assert json.loads(sawt("proposal", "show", "well").stdout)["picture"] == "image/png"
    sawt("proposal", "picture", "well", "--remove")
    assert json.loads(sawt("proposal", "show", "well").stdout)["picture"] is None
    for wrong, words_ in (
        ([], "either a file"),
        ([str(tmp_path / "none.png")], "cannot read"),
        ([__file__], "a complete JPEG or PNG file"),
    ):
        refused = CliRunner().invoke(proposal_command, ["picture", "well", *wrong, "--as", "amina"])
        assert words_ in str(refused.exception)
