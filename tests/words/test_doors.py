"""Words assigned to an option through every way in for staff: written, shown, edited, cloned, refused, recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api import audit
from api.consultations import content
from api.consultations.models import Consultation
from api.consultations.words import unmatched
from api.consultations.words.unmatched import Prompt, Unmatched
from api.pagination import PageRequest
from tests.api.office import call, draft
from tests.campaigns.office import INVITATION, make
from tests.consultations import words
from tests.terminal import Terminal
from tests.world import KEYRING, World, quiet


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


async def test_commands_take_the_same_way(
    quiet_world: World, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(draft_with("saniya", code="mills")), encoding="utf-8")
    await terminal("consultation", "create", str(file))
    await terminal("consultation", "open", "mills")
    assigned = await terminal("words", "assign", "mills", "1", "rocade", "2")
    assert assigned.stderr.splitlines() == [
        "Option 2 of question 1 is also called: rocade.",
        "Earlier replies with it were asked again, and do not count.",
    ]
    refused = await terminal.refused("words", "assign", "mills", "1", "rocade", "1")
    assert refused == "the word 'rocade' could also mean another option"
    refused = await terminal.refused("words", "drop", "mills", "1", "kilimo")
    assert refused == "'kilimo' is not among the listed replies to question 1"
    await terminal("words", "unassign", "mills", "1", "rocade", who="idir")
    assert (await terminal("words", "unmatched", "mills")).stderr == "none\n"
    shown = " ".join((await terminal("consultation", "show", "mills")).stdout.split())
    assert "is also called: saniya" in shown
    assert "was also called: rocade (amina, " in shown
    assert "removed by idir, " in shown
    acts = (await call(quiet_world, "GET", "/v1/residents/acts?limit=1")).json()["items"]
    assert [each["about"] for each in acts] == ["question 1, option 2: rocade"]


async def test_replies_are_dropped_or_deleted_once_they_are_reviewed(quiet_world: World, terminal: Terminal) -> None:
    today = quiet_world.now().date()
    async with quiet_world.db.transaction() as session:
        number = await session.scalar(select(Consultation.id).where(Consultation.code == "plan"))
        question = (await content.read(session, consultation_id=number or 0))[0]
        asked = Prompt(question.kind, question.id)
        for name, prompt in {"saniya": asked, "zarabo": asked, "kilimo": Prompt("home")}.items():
            await unmatched.note(session, KEYRING, prompt, name, 1, today)
            if name == "saniya":  # two people wrote it
                await unmatched.note(session, KEYRING, prompt, name, 2, today)
    rows = json.loads((await terminal("words", "unmatched", "--json", "--all")).stdout)
    assert {(each["words"], each["people"], each["code"]) for each in rows} == {
        ("saniya", 2, "plan"), ("zarabo", 1, "plan"), ("kilimo", 1, None),
    }  # fmt: skip
    assert (await terminal("words", "drop", "plan", "1", "zarabo")).stderr == "zarabo is hidden from now on.\n"
    cleared = await terminal("words", "unmatched", "plan", "--clear", who="idir")
    assert ("2 or more" in cleared.stdout, "saniya" in cleared.stdout) == (True, True)
    rows = json.loads((await terminal("words", "unmatched", "--json", "--all")).stdout)
    assert [each["words"] for each in rows] == ["kilimo"]
    async with quiet_world.db.transaction() as session:
        [act] = (await audit.listed(session, PageRequest(limit=1))).items
    assert (act.who, act.act) == ("idir", "words cleared")


async def test_only_replies_that_are_shown_can_be_deleted(database_url: str) -> None:
    async with quiet(database_url, smallest_count=10) as world:
        async with world.db.transaction() as session:
            await unmatched.note(session, KEYRING, Prompt("home"), "saniya", 1, world.now().date())
        hidden = {"replies": [{"words": "saniya", "asked": "home"}]}
        assert (await post(world, "words/clear", hidden))[0] == 204
        async with world.db.transaction() as session:
            assert len((await session.scalars(select(Unmatched))).all()) == 1
