"""Staff learn at once that a file is right, where a list is published, and that a campaign is too late."""

from __future__ import annotations

from pathlib import Path

from sawt.cli import examples
from tests.terminal import Terminal


async def test_an_invitation_in_its_own_words_is_accepted_as_the_example_has_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    head, texts = examples.text("campaign").split("# [texts]")
    file, consultation = tmp_path / "campaign.toml", tmp_path / "consultation.toml"
    file.write_text(f"{head}[texts]{texts.replace('# ', '')}", encoding="utf-8")
    consultation.write_text(examples.text("consultation"), encoding="utf-8")
    await terminal("consultation", "create", str(consultation))
    created = await terminal("campaign", "create", str(file))
    assert created.stderr == "Campaign 1 is a draft. Next: sawt campaign preview 1\n"


async def test_what_closing_leads_to_is_said(terminal: Terminal, tmp_path: Path) -> None:
    consultation, file = tmp_path / "consultation.toml", tmp_path / "campaign.toml"
    for path, name in ((consultation, "consultation"), (file, "campaign")):
        path.write_text(examples.text(name), encoding="utf-8")
    await terminal("consultation", "create", str(consultation))
    await terminal("consultation", "open", "eau-2026")
    closed = (await terminal("consultation", "close", "eau-2026", "--yes")).stderr
    assert closed.splitlines()[1:] == ["Its list is published: http://quiet.invalid/consultations/eau-2026/receipts"]
    told = (await terminal("campaign", "create", str(file))).stderr
    assert "eau-2026 is closed: this campaign cannot be launched" in told
