"""A consultation before it opens: previewed, edited, copied, tested on a phone, and within its SMS budget."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api import audit
from api.campaigns import actions
from api.consultations import sms_budget
from api.consultations.sms_budget import Weight
from api.errors import Invalid
from api.pagination import PageRequest
from tests.api.office import CONSULTATIONS, call, created, draft
from tests.campaigns.crowd import resident
from tests.campaigns.office import make, state
from tests.consultations import every_kind, main_consultation, question, vote, words
from tests.people import SmsPerson
from tests.terminal import Terminal
from tests.world import World

ARABIC = "".join("كلمة " for _ in range(120))  # 600 letters


async def test_the_page_is_what_residents_will_read(own_world: World) -> None:
    """The preview has the exact text and segments of the SMS that a resident receives."""
    code = await created(own_world, **{**every_kind(), "code": "kinds"})
    page = (await call(own_world, "GET", f"{CONSULTATIONS}/{code}/page")).json()
    assert [each["kind"] for each in page["asked"]] == [each["kind"] for each in every_kind()["questions"]]
    assert len(page["messages"]) == 4 * 5
    await call(own_world, "POST", f"{CONSULTATIONS}/{code}/open")
    await own_world.close("plan")
    person = SmsPerson(own_world, "fr")
    for text in ("bonjour", "2", "1", "3"):
        await person.say(text)
    first = next(each for each in page["messages"] if each["language"] == "fr" and each["question"] == 1)
    assert first["text"] in person.heard
    assert first["choices"][0].upper() in person.heard.upper()
    assert (first["segments"], page["warnings"]) == (1, [])


async def test_the_rule_of_a_vote_is_read_before_it_opens(quiet_world: World) -> None:
    code = await created(quiet_world, **{**vote("ranking", threshold=60), "code": "ranks"})
    page = (await call(quiet_world, "GET", f"{CONSULTATIONS}/{code}/page")).json()
    assert page["asked"][0]["decides"].startswith("an option is chosen if its Borda share is at least 60 %")
    assert sum(each["part"].startswith("longer text") for each in page["messages"]) == 4 * 6


async def test_a_draft_is_edited_until_it_opens(quiet_world: World) -> None:
    code = await created(quiet_world)
    fields = draft(code=code, title=words("new"), questions=[question("yes_no")])
    path = f"{CONSULTATIONS}/{code}"
    answer = await call(quiet_world, "PUT", path, json=fields)
    assert (answer.status_code, answer.json()["title"], answer.json()["questions"]) == (200, words("new"), 1)
    assert (await call(quiet_world, "PUT", path, json={**fields, "code": "other"})).status_code == 409
    assert (await call(quiet_world, "PUT", path, json=fields, who="")).status_code == 422
    async with quiet_world.db.transaction() as session:
        (act,) = (await audit.listed(session, PageRequest(limit=1))).items
        assert (act.who, act.act, act.subject) == ("amina", "consultation edited", f"consultation {code}")
    await call(quiet_world, "POST", f"{path}/open")
    assert (await call(quiet_world, "PUT", path, json=fields)).status_code == 409


async def test_an_edit_takes_approval_from_campaigns_that_name_it(quiet_world: World) -> None:
    desk = quiet_world
    code = await created(desk)
    await resident(desk)
    campaign_fields = {"name": "Soon", "purpose": "inform", "texts": words("soon"), "consultation": code}
    campaign = await make(desk, campaign_fields)
    for step in ("submit", "approve"):
        async with desk.db.transaction() as session:
            await getattr(actions, step)(session, campaign, kit=desk.kit, who="idir", now=desk.now())
    await call(desk, "PUT", f"{CONSULTATIONS}/{code}", json=draft(code=code))
    assert await state(desk, campaign) == "draft"


async def test_a_copy_asks_the_same(quiet_world: World) -> None:
    code = await created(quiet_world, **{**every_kind(), "code": "kinds", "closes_at": "2099-01-31T12:00:00+01:00"})
    answer = await call(quiet_world, "POST", f"{CONSULTATIONS}/{code}/clone", json={"code": "again"})
    assert (answer.status_code, answer.json()["state"], answer.json()["closes_at"]) == (201, "draft", None)
    one, other = [(await call(quiet_world, "GET", f"{CONSULTATIONS}/{each}/page")).json() for each in (code, "again")]
    assert (one["asked"], one["messages"]) == (other["asked"], other["messages"])
    taken = await call(quiet_world, "POST", f"{CONSULTATIONS}/{code}/clone", json={"code": "again"})
    assert taken.status_code == 409
    rounds = await created(quiet_world, **{**vote("several"), "code": "round-1"})
    refused = await call(quiet_world, "POST", f"{CONSULTATIONS}/{rounds}/clone", json={"code": "x2"})
    assert (refused.status_code, "a vote on proposals" in refused.json()["detail"]) == (409, True)


async def test_it_is_tried_on_a_phone_and_nothing_counts(own_world: World) -> None:
    phone = own_world.network.phone(own_world.number())
    code = await created(own_world)
    body = {"to": phone.number, "language": "fr"}
    answer = await call(own_world, "POST", f"{CONSULTATIONS}/{code}/test", json=body)
    assert (answer.status_code, len(answer.json())) == (202, 4), answer.text
    await own_world.deliver()
    assert [each.text.split("\n")[0] for each in phone.inbox] == ["Ceci est un test :"] * 4
    assert words("single")["fr"] in phone.inbox[0].text
    await call(own_world, "POST", f"{CONSULTATIONS}/{code}/open")
    await phone.send("1")
    assert (await own_world.results(code)).ballots == 0


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"questions": [{**question("text"), "text": {**words("x"), "ar": ARABIC}}]}, "question 1, the question, ar"),
        ({"questions": [{**question("yes_no"), "text": {**words("x"), "fr": "ê" * 600}}]}, "the question, fr"),
    ],
)
async def test_what_takes_more_than_six_segments_is_refused(
    quiet_world: World, changed: dict[str, Any], part: str
) -> None:
    answer = await call(quiet_world, "POST", CONSULTATIONS, json=draft(**changed))
    assert (answer.status_code, part in answer.json()["detail"]) == (422, True), answer.text
    code = await created(quiet_world)
    answer = await call(quiet_world, "PUT", f"{CONSULTATIONS}/{code}", json=draft(code=code, **changed))
    assert answer.status_code == 422
    page = (await call(quiet_world, "GET", f"{CONSULTATIONS}/{code}/page")).json()
    assert len(page["asked"]) == 4  # as it was


@pytest.mark.parametrize(
    ("segments", "warned", "refused"), [(3, False, False), (4, True, False), (6, True, False), (7, True, True)]
)
def test_the_budget(segments: int, warned: bool, refused: bool) -> None:
    one = Weight(question=1, part="x", language="fr", latin=False, text="", choices=[], segments=segments)
    assert bool(sms_budget.warnings([one])) == warned
    if refused:
        with pytest.raises(Invalid, match="7 SMS segments: a message can take at most 6"):
            sms_budget.check([one])
    else:
        sms_budget.check([one])


async def test_at_the_command_line(terminal: Terminal) -> None:
    long = {**question("text"), "text": {**words("x"), "ar": ARABIC[:300]}}
    file = {**main_consultation(), "code": "later", "questions": [question("ranking", options=3, threshold=50), long]}
    output = (await terminal("consultation", "create", "-", typed=json.dumps(file))).stdout
    assert "question 1 (ranking): an option is chosen if its Borda share is at least 50 %" in output
    assert "note: question 2, the question, ar takes 6 SMS segments" in output
    shown = (await terminal("consultation", "show", "later", "--language", "fr")).stdout
    assert "question 1, the question, fr, 1 SMS segment:\n    1/2 texte ranking" in shown
    again = json.loads((await terminal("consultation", "show", "later", "--file")).stdout)
    edited = json.dumps({**again, "title": words("other")})
    changed = await terminal("consultation", "edit", "later", "-", typed=edited)
    assert "later is replaced. Next: sawt consultation show later" in changed.stderr
    assert "note: question 2, the question, ar takes 6 SMS segments" in changed.stdout
    await terminal("consultation", "clone", "later", "copy")
    assert "copy: texte other, a draft; opens manually" in (await terminal("consultation", "show", "copy")).stdout
