"""Two people in two browsers: who writes does not approve, and an edit takes the approval back."""

from __future__ import annotations

from typing import Any

import httpx

from api.campaigns import service as campaigns
from tests.accounts.office import HOST, Person, browser, enter, make, submit
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS
from tests.commitments.plans import CODE, add_plan
from tests.consultations import main_consultation, words
from tests.world import World


async def step(person: Person, campaign: int, name: str) -> httpx.Response:
    """A step of a campaign, from their browser."""
    return await person.http.post(f"/v1/campaigns/{campaign}/{name}", json={}, headers={"Origin": HOST})


async def state(person: Person, campaign: int) -> str:
    page: dict[str, Any] = (await person.http.get(f"/v1/campaigns/{campaign}")).json()
    return str(page["campaign"]["state"] if "campaign" in page else page["state"])


async def test_who_writes_does_not_approve(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """The author holds both rights here, and still approves nothing of their own; the record names each of them."""
    for _ in range(2):
        await resident(quiet_world)
    await call(quiet_world, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    amina = await enter(quiet_world, await make(quiet_world, "amina", "editor", "approver", http=http))
    idir = await enter(quiet_world, await make(quiet_world, "idir", "approver", http=elsewhere))
    made = await http.post("/v1/campaigns", json=NEWS, headers={"Origin": HOST})
    assert made.status_code == 201, made.text
    campaign = made.json()["id"]
    assert (await step(amina, campaign, "submit")).status_code == 200
    for headers in ({}, {"X-Actor": "idir"}):  # nor under another name
        own = await http.post(f"/v1/campaigns/{campaign}/approve", json={}, headers={"Origin": HOST, **headers})
        assert own.status_code == 403, own.text
    assert (await step(idir, campaign, "approve")).status_code == 200
    assert await state(amina, campaign) == "approved"
    edited = await http.put(f"/v1/campaigns/{campaign}", json=NEWS | {"name": "Other"}, headers={"Origin": HOST})
    assert edited.status_code == 200
    assert await state(idir, campaign) == "draft"
    assert (await step(idir, campaign, "launch")).status_code == 409
    for person, name in ((amina, "submit"), (idir, "approve")):
        assert (await step(person, campaign, name)).status_code == 200
    quiet_world.now.advance(minutes=11)
    refused = await step(idir, campaign, "launch")
    assert "a fresh code" in refused.json()["detail"]
    assert (await submit(elsewhere, "/console/confirm", code=idir.code(quiet_world.now()))).status_code == 200
    assert (await step(idir, campaign, "launch")).status_code == 200
    steps = (await http.get(f"/v1/campaigns/{campaign}")).json()["steps"]
    assert [(each["step"], each["who"]) for each in steps if each["step"] in ("approve", "launch")] == [
        ("approve", "idir"), ("approve", "idir"), ("launch", "idir"),
    ]  # fmt: skip


async def test_who_made_a_token_does_not_approve_what_it_wrote(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """Nor after it was revoked: they held its value, and so its pen."""
    for _ in range(2):
        await resident(quiet_world)
    await call(quiet_world, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    roles = ("editor", "approver", "administrator")
    amina = await enter(quiet_world, await make(quiet_world, "amina", *roles, http=http))
    given = {"name": "robot", "permissions": ["write"]}
    token = (await http.post("/v1/tokens", json=given, headers={"Origin": HOST})).json()["token"]
    made = await elsewhere.post("/v1/campaigns", json=NEWS, headers={"Authorization": f"Bearer {token}"})
    assert made.status_code == 201, made.text
    campaign = made.json()["id"]
    assert (await http.post("/v1/tokens/1/revoke", json={}, headers={"Origin": HOST})).status_code == 200
    assert (await step(amina, campaign, "submit")).status_code == 200
    assert (await step(amina, campaign, "approve")).status_code == 403
    idir = await enter(quiet_world, await make(quiet_world, "idir", "approver", http=elsewhere))
    assert (await step(idir, campaign, "approve")).status_code == 200


async def test_who_adds_to_a_draft_of_updates_does_not_approve_it(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """The draft is somebody else's, and one of its texts is theirs."""
    await add_plan(quiet_world)
    amina = await enter(quiet_world, await make(quiet_world, "amina", "editor", "approver", http=http))
    idir = await enter(quiet_world, await make(quiet_world, "idir", "editor", http=elsewhere))
    drafts = []
    for person, number in ((idir, 3), (amina, 2)):
        path, news = f"/v1/plans/{CODE}/commitments/{number}/updates", {"text": words(f"news {number}")}
        answer = await person.http.post(path, json=news, headers={"Origin": HOST})
        assert answer.status_code == 201, answer.text
        drafts.append(answer.json()["campaign"])
    assert drafts[0] == drafts[1]
    steps = (await http.get(f"/v1/campaigns/{drafts[0]}")).json()["steps"]
    assert [(each["step"], each["who"]) for each in steps] == [("create", "idir"), ("edit", "amina")]
    async with quiet_world.db.transaction() as session:
        campaign = await campaigns.get(session, drafts[0])
        assert await campaigns.authors(session, campaign) == {"amina", "idir"}


async def test_nobody_raises_the_threshold_for_themselves(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """Whoever manages settings and writes could otherwise send alone; nor does a token of theirs help."""
    for _ in range(2):
        await resident(quiet_world)
    rule = "/v1/rules/approval_above"
    await call(quiet_world, "PUT", rule, json={"value": 1}, who="first start of the tests")
    amina = await enter(quiet_world, await make(quiet_world, "amina", "editor", "approver", "administrator", http=http))
    robot = {"name": "robot", "permissions": ["manage_settings"]}
    token = (await http.post("/v1/tokens", json=robot, headers={"Origin": HOST})).json()["token"]
    campaign = (await http.post("/v1/campaigns", json=NEWS, headers={"Origin": HOST})).json()["id"]
    assert (await step(amina, campaign, "submit")).status_code == 200
    assert (await http.put(rule, json={"value": 50}, headers={"Origin": HOST})).status_code == 200
    machine = {"Authorization": f"Bearer {token}"}
    assert (await elsewhere.put(rule, json={"value": 60}, headers=machine)).status_code == 200
    refused = await step(amina, campaign, "approve")
    assert refused.status_code == 403
    assert "for more than 1, someone other than its author" in refused.json()["detail"]
    proceeded = await http.post(f"/v1/campaigns/{campaign}/proceed", headers={"Origin": HOST})
    assert proceeded.status_code == 403
    await call(quiet_world, "PUT", rule, json={"value": 50}, who="idir")
    assert (await step(amina, campaign, "approve")).status_code == 200


async def test_who_wrote_an_original_does_not_approve_a_copy_of_it(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """Nor a copy of the copy: the words are still theirs, whoever pressed the button."""
    for _ in range(2):
        await resident(quiet_world)
    await call(quiet_world, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    amina = await enter(quiet_world, await make(quiet_world, "amina", "editor", "approver", http=http))
    idir = await enter(quiet_world, await make(quiet_world, "idir", "editor", "approver", http=elsewhere))
    campaign = (await http.post("/v1/campaigns", json=NEWS, headers={"Origin": HOST})).json()["id"]
    for _ in range(2):
        campaign = (await step(idir, campaign, "clone")).json()["id"]
    assert (await step(idir, campaign, "submit")).status_code == 200
    for person in (amina, idir):
        refused = await step(person, campaign, "approve")
        assert refused.status_code == 403, refused.text
    async with browser(quiet_world) as third:
        tudert = await enter(quiet_world, await make(quiet_world, "tudert", "approver", http=third))
        assert (await step(tudert, campaign, "approve")).status_code == 200
    async with quiet_world.db.transaction() as session:
        assert await campaigns.authors(session, await campaigns.get(session, campaign)) == {"amina", "idir"}


async def test_who_wrote_a_consultation_does_not_approve_the_invitation_to_it(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """An edit of its questions takes the approval back, so they are part of what is approved. A copy's are as well."""
    for _ in range(2):
        await resident(quiet_world)
    await call(quiet_world, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    amina = await enter(quiet_world, await make(quiet_world, "amina", "editor", "approver", http=http))
    idir = await enter(quiet_world, await make(quiet_world, "idir", "editor", http=elsewhere))
    written = main_consultation() | {"code": "one"}
    assert (await http.post("/v1/consultations", json=written, headers={"Origin": HOST})).status_code == 201
    path = "/v1/consultations/one/clone"
    assert (await elsewhere.post(path, json={"code": "two"}, headers={"Origin": HOST})).status_code == 201
    for code in ("one", "two"):
        opened = await call(quiet_world, "POST", f"/v1/consultations/{code}/open", who="nora")
        assert opened.status_code == 200, opened.text
        invitation = {"name": code, "purpose": "invite", "consultation": code}
        made = await elsewhere.post("/v1/campaigns", json=invitation, headers={"Origin": HOST})
        assert made.status_code == 201, made.text
        campaign = made.json()["id"]
        assert (await step(idir, campaign, "submit")).status_code == 200
        assert (await step(amina, campaign, "approve")).status_code == 403, code
        approved = await call(quiet_world, "POST", f"/v1/campaigns/{campaign}/approve", json={}, who="tudert")
        assert approved.status_code == 200, approved.text
