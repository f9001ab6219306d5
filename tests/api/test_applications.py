"""Applications in one process share analysed routes and nothing else, and a commit precedes every response."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from api.app import create_app
from sawt.compose import Service, compose
from tests.api.office import CONSULTATIONS, draft
from tests.clock import MovingClock
from tests.databases import SqliteDatabases
from tests.world import settings_for


@dataclass
class Office:
    """An application and a client that calls it without a network."""

    service: Service
    now: MovingClock
    http: httpx.AsyncClient


@asynccontextmanager
async def client(app: FastAPI, token: str = "") -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}", "X-Actor": "amina"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sawt.test", headers=headers) as http:
        yield http


@asynccontextmanager
async def office(databases: SqliteDatabases, token: str) -> AsyncIterator[Office]:
    url, now = await databases.fresh(), MovingClock()
    service = compose(settings_for(url, "http://sawt.test", api_token=SecretStr(token)), now=now)
    async with client(service.app, token) as http:
        yield Office(service, now, http)
    await service.db.close()
    await databases.drop(url)


@pytest.fixture
async def one(_sqlite: SqliteDatabases) -> AsyncIterator[Office]:
    async with office(_sqlite, "one-token") as application:
        yield application


@pytest.fixture
async def other(_sqlite: SqliteDatabases) -> AsyncIterator[Office]:
    async with office(_sqlite, "other-token") as application:
        yield application


async def test_a_second_application_analyses_nothing_again(one: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    described = await one.http.get("/openapi.json")

    def refuse(**_: Any) -> None:
        raise AssertionError("analysed again")

    monkeypatch.setattr("fastapi.routing.get_dependant", refuse)
    monkeypatch.setattr("api.app.get_openapi", refuse)
    again = create_app(one.service.means, catalogs=one.service.dialogue.context.catalogs)
    async with client(again, "one-token") as http:
        assert (await http.get("/openapi.json")).content == described.content
        assert (await http.get(CONSULTATIONS)).json() == {"items": [], "next": None}
        assert (await http.get("/receipts")).status_code == 200


async def test_two_applications_do_not_mix(one: Office, other: Office) -> None:
    other.now.advance(days=2)
    body = draft()
    answers = await asyncio.gather(*(each.http.post(CONSULTATIONS, json=body) for each in (one, other, one, other)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]  # once in each database
    path = f"{CONSULTATIONS}/{body['code']}/open"
    opened = await asyncio.gather(*(each.http.post(path) for each in (one, other)))
    days = [answer.json()["opened_at"][:10] for answer in opened]
    assert days == [one.now().date().isoformat(), other.now().date().isoformat()]
    assert days[0] != days[1]


async def test_the_token_of_one_application_opens_no_other(one: Office, other: Office) -> None:
    async with client(one.service.app, "other-token") as http:
        assert (await http.get(CONSULTATIONS)).status_code == 401
        assert (await http.post(CONSULTATIONS, json=draft())).status_code == 401
    assert (await one.http.get(CONSULTATIONS)).status_code == 200


async def test_words_corrected_in_one_application_stay_there(one: Office, other: Office) -> None:
    first = (await one.http.get("/v1/messages")).json()["items"][0]
    path, forms = f"/v1/messages/{first['language']}/{first['name']}", first["forms"]
    assert (await one.http.put(path, json={"forms": [f"{each}." for each in forms]})).status_code == 200
    assert (await other.http.get("/v1/messages")).json()["items"][0]["forms"] == forms


@pytest.mark.parametrize(
    ("failure", "status"),
    [(IntegrityError("COMMIT", None, Exception()), 409), (OperationalError("COMMIT", None, Exception()), 503)],
    ids=["twice", "away"],
)
async def test_a_commit_that_fails_is_no_success(one: Office, failure: Exception, status: int) -> None:
    body, engine = draft(), one.service.db.engine.sync_engine

    def fail(_connection: Any) -> None:
        raise failure

    event.listen(engine, "commit", fail)
    answer = await one.http.post(CONSULTATIONS, json=body)
    event.remove(engine, "commit", fail)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert (await one.http.get(f"{CONSULTATIONS}/{body['code']}")).status_code == 404


async def test_what_does_not_fit_asks_nothing_of_the_database(one: Office) -> None:
    await one.service.db.verify()  # as when a service starts
    begun: list[Any] = []
    event.listen(one.service.db.engine.sync_engine, "begin", begun.append)
    assert (await one.http.post(CONSULTATIONS, json={})).status_code == 422
    assert (await one.http.get("/v1/residents/none")).status_code == 422
    assert begun == []
