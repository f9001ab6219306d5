"""A repeated request with the same Idempotency-Key gets the same answer and has no second effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from api.agents import service as agents
from api.agents.models import Agent
from api.audit import Act
from api.consultations import drafts
from api.consultations.models import Consultation
from api.errors import Unavailable
from api.idempotency import KEPT, Repeat, expire
from api.v1 import ROUTERS
from api.web.needs import SHOWN_ONCE
from api.web.staff_route import StaffRoute
from sawt.compose import compose
from tests.api.office import CONSULTATIONS, as_staff, call, created, draft
from tests.world import API_TOKEN, World

AGENTS = "/v1/agents"


async def send(world: World, path: str, key: str = "mine", **options: Any) -> httpx.Response:
    return await call(world, "POST", path, headers={"Idempotency-Key": key}, **options)


async def count(world: World, table: Any) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_same_request_gets_the_same_answer(quiet_world: World) -> None:
    first = await send(quiet_world, AGENTS, json={"name": "Amal"})
    assert first.status_code == 201
    again = await send(quiet_world, AGENTS, '"mine"', json={"name": "Amal"})  # quoted, as in the IETF draft
    assert (again.status_code, again.content) == (201, first.content)  # including the code, which is shown once
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert len((await call(quiet_world, "GET", AGENTS)).json()["items"]) == 1
    other = await send(quiet_world, AGENTS, "another", json={"name": "Amal"})
    assert other.json()["number"] != first.json()["number"]
    async with quiet_world.db.transaction() as session:
        stored = [each.answer for each in await session.scalars(select(Repeat))]
    assert first.json()["code"].encode() not in b"".join(stored)


async def test_an_answer_without_words_and_one_of_several_transactions(quiet_world: World) -> None:
    code, dropped = await created(quiet_world), await created(quiet_world)
    assert (await call(quiet_world, "POST", f"{CONSULTATIONS}/{code}/open")).status_code == 200
    closed = [await send(quiet_world, f"{CONSULTATIONS}/{code}/close") for _ in range(2)]
    assert [each.status_code for each in closed] == [200, 200]
    assert closed[0].content == closed[1].content
    gone = [await send(quiet_world, f"{CONSULTATIONS}/{dropped}/discard", "b") for _ in range(2)]
    assert [(each.status_code, each.content) for each in gone] == [(204, b"")] * 2
    assert (await call(quiet_world, "POST", f"{CONSULTATIONS}/{dropped}/discard")).status_code == 404


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (AGENTS, {"json": {"name": "Other"}}), (AGENTS, {"json": {"name": "Amal"}, "who": "idir"}),
        (f"{AGENTS}?x=1", {"json": {"name": "Amal"}}), (f"{AGENTS}/1/end", {}),
    ],
    ids=["body", "who", "query", "path"],
)  # fmt: skip
async def test_another_request_under_it_is_refused(quiet_world: World, path: str, options: dict[str, Any]) -> None:
    assert (await send(quiet_world, AGENTS, json={"name": "Amal"})).status_code == 201
    answer = await send(quiet_world, path, **options)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["faults"]] == ["header.Idempotency-Key"]
    (agent,) = (await call(quiet_world, "GET", AGENTS)).json()["items"]
    assert (agent["name"], agent["state"]) == ("Amal", "active")


@pytest.mark.parametrize("key", ["", '""', "x" * 256])
async def test_an_invalid_key_is_refused(quiet_world: World, key: str) -> None:
    answer = await send(quiet_world, AGENTS, key, json={"name": "Amal"})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["faults"]] == ["header.Idempotency-Key"]


async def test_a_failed_request_can_be_repeated(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fields, create = draft(), drafts.create

    async def away(*args: Any, **options: Any) -> None:
        await create(*args, **options)
        raise Unavailable

    assert (await send(quiet_world, CONSULTATIONS, json={})).status_code == 422
    monkeypatch.setattr(drafts, "create", away)
    assert (await send(quiet_world, CONSULTATIONS, json=fields)).status_code == 503
    assert await count(quiet_world, Repeat) == 0
    monkeypatch.undo()
    assert (await send(quiet_world, CONSULTATIONS, json=fields)).status_code == 201
    assert (await send(quiet_world, CONSULTATIONS, json=fields)).status_code == 201


@asynccontextmanager
async def process(quiet_world: World, token: str = API_TOKEN) -> AsyncIterator[World]:
    """Another process with the same database."""
    settings = quiet_world.settings.model_copy(update={"api_token": SecretStr(token)})
    service = compose(settings, now=quiet_world.now)
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=quiet_world.url) as http:
        yield World(quiet_world.url, settings, service, None, quiet_world.now, http)  # type: ignore[arg-type]
    await service.db.close()


@pytest.fixture
async def other(quiet_world: World) -> AsyncIterator[World]:
    async with process(quiet_world) as world:
        yield world


async def test_concurrent_requests_have_one_effect(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fields, create = draft(), drafts.create
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*args: Any, **more: Any) -> Consultation:
        begun.set()
        await go_on.wait()
        return await create(*args, **more)

    monkeypatch.setattr(drafts, "create", slow)
    first = asyncio.create_task(send(quiet_world, CONSULTATIONS, json=fields))
    await begun.wait()
    assert (await send(quiet_world, CONSULTATIONS, json=fields)).status_code == 409
    go_on.set()
    assert (await first).status_code == 201
    assert (await send(quiet_world, CONSULTATIONS, json=fields)).content == (await first).content
    assert await count(quiet_world, Repeat) == 1


async def test_concurrent_requests_to_two_processes_have_one_effect(
    quiet_world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both check the key before either has answered. One is rolled back, although nothing else would refuse it."""
    looked, create = asyncio.Barrier(2), agents.create

    async def together(*args: Any, **more: Any) -> Any:
        await looked.wait()
        return await create(*args, **more)

    monkeypatch.setattr(agents, "create", together)
    both = await asyncio.gather(*(send(each, AGENTS, json={"name": "Amal"}) for each in (quiet_world, other)))
    assert sorted(each.status_code for each in both) == [201, 409]
    monkeypatch.undo()
    response = next(each for each in both if each.status_code == 201)
    assert (await send(other, AGENTS, json={"name": "Amal"})).content == response.content
    assert await count(quiet_world, Agent) == 1


async def test_a_crowd_with_keys_does_not_wait_for_itself(quiet_world: World) -> None:
    """More requests than connections, each of which needs one more connection to read the rules."""
    paths = [f"{CONSULTATIONS}/nothing-{place}/open" for place in range(20)]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(send(quiet_world, path, path) for path in paths))
    assert {each.status_code for each in answers} == {404}


async def test_it_is_kept_for_a_day(quiet_world: World) -> None:
    assert timedelta(hours=24) == KEPT  # as documented in docs/json-api.md and the OpenAPI document
    first = await send(quiet_world, AGENTS, json={"name": "Amal"})
    quiet_world.now.advance(seconds=KEPT.total_seconds() - 1)
    async with quiet_world.db.transaction() as session:
        await expire(session, now=quiet_world.now())
    assert (await send(quiet_world, AGENTS, json={"name": "Amal"})).content == first.content
    quiet_world.now.advance(seconds=1)
    later = await send(quiet_world, AGENTS, json={"name": "Amal"})  # although `expire` did not run yet
    assert later.json()["number"] != first.json()["number"]
    quiet_world.now.advance(seconds=KEPT.total_seconds())
    async with quiet_world.db.transaction() as session:
        await expire(session, now=quiet_world.now())
    assert await count(quiet_world, Repeat) == 0


async def test_keys_of_different_tokens_are_independent(quiet_world: World) -> None:
    first = await send(quiet_world, AGENTS, json={"name": "Amal"})
    assert (await send(quiet_world, AGENTS, json={"name": "Amal"}, token="wrong")).status_code == 401
    async with process(quiet_world, "another") as other:
        response = await send(other, AGENTS, json={"name": "Amal"}, token="another")
    assert response.json()["number"] != first.json()["number"]


async def test_read_only_and_put_requests_store_nothing(quiet_world: World) -> None:
    body = {"address": "+212600000011"}
    assert (await send(quiet_world, "/v1/residents/find", json=body)).status_code == 404
    headers = as_staff() | {"Idempotency-Key": "mine"}
    for value in (5, 6):
        answer = await quiet_world.http.put("/v1/rules/approval_above", json={"value": value}, headers=headers)
        assert answer.json()["value"] == value
    assert await count(quiet_world, Repeat) == 0


SPELLINGS: tuple[dict[str, str], ...] = (
    {"Authorization": f"bearer {API_TOKEN}"}, {"Authorization": f"BEARER  {API_TOKEN}"},
    {"Authorization": f"Bearer {API_TOKEN} "}, {"X-Actor": "%61mina"}, {"X-Actor": " amina "},
    {"Idempotency-Key": '"mine"'},
)  # fmt: skip


@pytest.mark.parametrize("spelled", SPELLINGS, ids=range(len(SPELLINGS)))
async def test_a_header_spelled_otherwise_is_the_same_request(quiet_world: World, spelled: dict[str, str]) -> None:
    usual = {**as_staff("amina", API_TOKEN), "Idempotency-Key": "mine"}
    answers = [
        await quiet_world.http.post(AGENTS, json={"name": "Amal"}, headers=headers)
        for headers in (usual, {**usual, **spelled})
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert [each.headers.get("Idempotency-Replayed") for each in answers] == [None, "true"]
    assert await count(quiet_world, Agent) == 1


async def test_a_secret_is_not_shown_twice(quiet_world: World) -> None:
    """A link or a token's value: the repetition does nothing, and says that it was done."""
    for key, path, body in (
        ("a", "/v1/staff", {"name": "idir"}), ("b", "/v1/staff/idir/reset", {}),
        ("c", "/v1/tokens", {"name": "website", "permissions": ["write"]}),
    ):  # fmt: skip
        first = await send(quiet_world, path, key, json=body)
        assert first.status_code in (200, 201), first.text
        acts = await count(quiet_world, Act)
        again = await send(quiet_world, path, key, json=body)
        assert again.status_code == 409, again.text
        assert "not shown twice" in again.json()["detail"]
        assert await count(quiet_world, Act) == acts
        other = await send(
            quiet_world, path, key, json=body | {"name": "other"} if "name" in body else {"factor": True}
        )
        assert other.status_code == 422
    async with quiet_world.db.transaction() as session:
        assert [each.answer for each in await session.scalars(select(Repeat))] == [b""] * 3


def test_every_answer_with_a_secret_is_marked() -> None:
    """A schema with a link or a token. An agent's code is not a way in for staff: it can be read again for a day."""
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, StaffRoute)]
    secret = {each.path for each in routes if {"link", "token"} & {*getattr(each.response_model, "model_fields", ())}}
    assert {each.path for each in routes if SHOWN_ONCE in each.dependencies} == secret
    assert secret == {"/v1/staff", "/v1/staff/{name}/reset", "/v1/tokens"}
