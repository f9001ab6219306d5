"""Staff learn at once that a file is right, where a list is published, and that a campaign is too late."""

from __future__ import annotations

from pathlib import Path

from api.consultations.schemas import ConsultationIn
from sawt.cli import examples
from sawt.cli.cli_input import parsed
from tests.api.office import call
from tests.terminal import Terminal
from tests.world import World


async def test_an_invitation_in_its_own_words_is_accepted_as_the_example_has_it(
    quiet_world: World, terminal: Terminal
) -> None:
    head, texts = examples.text("campaign").split("# [texts]")
    await example_consultation(quiet_world)
    done = await terminal("campaign", "create", "-", typed=f"{head}[texts]{texts.replace('# ', '')}")
    assert done.stderr == "Campaign 1 is a draft. Next: sawt campaign preview 1\n"


async def test_a_campaign_that_is_too_late_is_said(quiet_world: World, terminal: Terminal) -> None:
    await example_consultation(quiet_world)
    for step in ("open", "close"):
        assert (await call(quiet_world, "POST", f"/v1/consultations/eau-2026/{step}")).status_code == 200
    done = await terminal("campaign", "create", "-", typed=examples.text("campaign"))
    assert "note: eau-2026 is closed: this campaign cannot be launched." in done.stderr


async def example_consultation(world: World) -> None:
    """Create the consultation of the example file."""
    given = parsed(ConsultationIn, examples.text("consultation")).model_dump(mode="json", exclude_unset=True)
    assert (await call(world, "POST", "/v1/consultations", json=given)).status_code == 201


async def test_what_closing_leads_to_is_said(terminal: Terminal, tmp_path: Path) -> None:
    consultation = tmp_path / "consultation.toml"
    consultation.write_text(examples.text("consultation"), encoding="utf-8")
    await terminal("consultation", "create", str(consultation))
    await terminal("consultation", "open", "eau-2026")
    closed = (await terminal("consultation", "close", "eau-2026", "--yes")).stderr
    assert closed.splitlines()[1:] == ["Its list is published: http://quiet.invalid/consultations/eau-2026/receipts"]
