"""Staff learn at once that a file is right, where a list is published, and that a campaign is too late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sawt.cli import examples
from tests.staff.test_commands_and_api import run_sawt

__all__ = ["run_sawt"]  # a fixture


def test_an_invitation_in_its_own_words_is_accepted_as_the_example_has_it(run_sawt: Any, tmp_path: Path) -> None:
    head, texts = examples.text("campaign").split("# [texts]")
    file, consultation = tmp_path / "campaign.toml", tmp_path / "consultation.toml"
    file.write_text(f"{head}[texts]{texts.replace('# ', '')}", encoding="utf-8")
    consultation.write_text(examples.text("consultation"), encoding="utf-8")
    run_sawt(f"consultation create {consultation} --as amina")
    assert run_sawt(f"campaign create {file} --as amina") == (
        0,
        "Campaign 1 is a draft. Next: sawt campaign preview 1\n",
    )


def test_what_closing_leads_to_is_said(run_sawt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation, file = tmp_path / "consultation.toml", tmp_path / "campaign.toml"
    for path, name in ((consultation, "consultation"), (file, "campaign")):
        path.write_text(examples.text(name), encoding="utf-8")
    run_sawt(f"consultation create {consultation} --as amina")
    run_sawt("consultation open eau-2026 --as amina")
    monkeypatch.setenv("SAWT_PUBLIC_URL", "https://sawt.example/")
    code, words = run_sawt("consultation close eau-2026 --as amina --yes")
    assert (code, words.splitlines()[1]) == (
        0,
        "Its list is published: https://sawt.example/consultations/eau-2026/receipts",
    )
    code, words = run_sawt(f"campaign create {file} --as amina")
    assert (code, "eau-2026 is closed: this campaign cannot be launched" in words) == (0, True), words
