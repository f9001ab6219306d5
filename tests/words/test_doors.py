"""Words assigned to an option through every way in for staff: written, shown, edited, cloned, refused, recorded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import audit
from api.pagination import PageRequest
from sawt.__main__ import main
from tests.api.office import call, draft
from tests.campaigns.office import INVITATION, make
from tests.consultations import words
from tests.staff.test_commands_and_api import run_sawt
from tests.world import World

__all__ = ["run_sawt"]  # a fixture


def draft_with(*also: str, kind: str = "single", **changed: Any) -> dict[str, Any]:
    options = [{**words("moulin"), "also": list(also)}, words("jardin")]
    return draft(questions=[{"kind": kind, "text": words("choix"), "options": options}], **changed)


async def post(world: World, path: str, body: dict[str, Any], who: str = "amina") -> tuple[int, str]:
    answer = await call(world, "POST", f"/v1/{path}", json=body, who=who)
    return answer.status_code, answer.text


async def also(world: World, code: str) -> list[list[str]]:
    page = (await call(world, "GET", f"/v1/consultations/{code}/page")).json()
    return [[word["word"] for word in option["also"]] for option in page["asked"][0]["options"]]


async def test_words_are_written_shown_edited_and_cloned(quiet_world: World) -> None:
    body = draft_with("saniya", "ⴰⵙⵓⵇⵇⵉ", "الكورنيش")
    code = body["code"]
    assert (await post(quiet_world, "consultations", body))[0] == 201
    assert await also(quiet_world, code) == [["saniya", "ⴰⵙⵓⵇⵇⵉ", "الكورنيش"], []]
    copy = f"{code}-copy"
    assert (await post(quiet_world, f"consultations/{code}/clone", {"code": copy}))[0] == 201
    body["questions"][0]["options"][0]["also"] = ["rocade"]
    answer = await call(quiet_world, "PUT", f"/v1/consultations/{code}", json=body)
    assert answer.status_code == 200, answer.text
    assert await also(quiet_world, code) == [["rocade"], []]
    assert await also(quiet_world, copy) == [["saniya", "ⴰⵙⵓⵇⵇⵉ", "الكورنيش"], []]
    assert (await post(quiet_world, f"consultations/{copy}/discard", {}))[0] == 204


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (draft_with("STOP"), "question 1, option 1: the word 'STOP' is a command (stop)"),
        (draft_with("jardin"), "the word 'jardin' could also mean another option"),
        (draft_with("3"), "at least 2 characters"), (draft_with("10"), "is a number"),
        (draft_with("x" * 41), "at most 40 characters"),
        (draft_with(*(f"mot{letter}" for letter in "abcdefghijklmnopqrstu")), "at most 20"),
        (draft_with("moulin", kind="statements"), "a statement is answered with agree"),
    ],
)  # fmt: skip
async def test_a_word_that_cannot_be_is_refused_when_written(
    quiet_world: World, body: dict[str, Any], why: str
) -> None:
    status, told = await post(quiet_world, "consultations", body)
    assert (status, why in told) == (422, True), told


async def test_who_gave_a_word_is_recorded_and_only_an_open_vote_takes_it(quiet_world: World) -> None:
    body = {"code": "plan", "question": 1, "text": "rocade", "option": 3}
    assert (await post(quiet_world, "words/assign", body))[0] == 201
    for changed, status, why in (
        ({}, 409, "already has the word 'rocade'"), ({"option": 1}, 422, "mean another option"),
        ({"option": 9, "text": "x y"}, 404, "no option 9"), ({"question": 9}, 404, "no question 9"),
        ({"question": 2, "text": "saniya"}, 422, "a yes_no question"), ({"code": "nowhere"}, 404, "nowhere"),
        ({"text": "arrêt"}, 422, "(stop)"), ({"text": "b\x00"}, 422, "control character"),
    ):  # fmt: skip
        answer = await post(quiet_world, "words/assign", {**body, **changed})
        assert (answer[0], why in answer[1]) == (status, True), answer
    removal = {"code": "plan", "question": 1, "text": "ROCADE"}
    assert (await post(quiet_world, "words/unassign", removal, "idir"))[0] == 204
    assert (await post(quiet_world, "words/unassign", removal, "idir"))[0] == 404
    assert (await post(quiet_world, "words/assign", body))[0] == 201
    async with quiet_world.db.transaction() as session:
        page = await audit.listed(session, PageRequest(limit=3), subject="consultation plan")
        acts = [(each.who, each.act) for each in page.items]
        assert {each.about for each in page.items} == {"question 1, option 3: rocade"}
    assert acts == [("amina", "word assigned"), ("idir", "word taken back"), ("amina", "word assigned")]
    option = (await call(quiet_world, "GET", "/v1/consultations/plan/page")).json()["asked"][0]["options"][2]
    assert [(each["word"], each["who"]) for each in option["also"]] == [("rocade", "amina")]
    (former,) = option["formerly"]
    assert (former["word"], former["who"], former["ended_by"]) == ("rocade", "amina", "idir")
    assert former["at"] is not None
    assert former["ended_at"] is not None
    record = (await call(quiet_world, "GET", "/v1/residents/acts?limit=1")).json()["items"][0]
    assert (record["act"], record["about"]) == ("word assigned", "question 1, option 3: rocade")
    await quiet_world.close("plan")
    status, told = await post(quiet_world, "words/assign", body)
    assert (status, "plan is closed" in told) == (409, True)
    unopened_draft = draft_with()
    await post(quiet_world, "consultations", unopened_draft)
    status, told = await post(quiet_world, "words/assign", {**body, "code": unopened_draft["code"]})
    assert (status, "to give a draft words" in told) == (409, True)


async def test_an_approver_reads_the_words(quiet_world: World) -> None:
    body = {"code": "plan", "question": 1, "text": "rocade", "option": 3}
    await post(quiet_world, "words/assign", body)
    number = await make(quiet_world, INVITATION)
    page = (await call(quiet_world, "GET", f"/v1/campaigns/{number}")).json()
    assert page["called"] == ["question 1, option 3 (texte option 3): rocade"]


def test_commands_take_the_same_way(
    run_sawt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(command: str) -> str:
        monkeypatch.setenv("COLUMNS", "300")
        monkeypatch.setattr(sys, "argv", ["sawt", *command.split()])
        with pytest.raises(SystemExit):
            main()
        return " ".join(capsys.readouterr().out.split())

    file = tmp_path / "plan.json"
    file.write_text(json.dumps(draft_with("saniya", code="mills")), encoding="utf-8")
    assert run_sawt(f"consultation create {file} --as amina")[0] == 0
    assert run_sawt("consultation open mills --as amina")[0] == 0
    code, told = run_sawt("words assign mills 1 rocade 2 --as amina")
    assert (code, told.splitlines()) == (0, [
        "Option 2 of question 1 is also called: rocade.",
        "Earlier replies with it were asked again, and do not count.",
    ])  # fmt: skip
    assert run_sawt("words assign mills 1 rocade 1 --as amina") == (
        1,
        "the word 'rocade' could also mean another option\n",
    )
    assert run_sawt("words drop mills 1 kilimo --as amina")[0] == 1
    assert run_sawt("words unassign mills 1 rocade --as amina")[0] == 0
    assert run_sawt("words unmatched mills")[0] == 0
    shown = printed("consultation show mills")
    assert "is also called: saniya" in shown
    assert "was also called: rocade (amina, " in shown
    assert "removed by amina, " in shown
    assert "question 1, option 2: rocade" in printed("resident acts")
