"""The session of an agent who answers for other people, and how the agent's conversation stores it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Dialect, TypeDecorator

from api.db import Json


class OwnPlace(NamedTuple):
    """Where the agent was before the session: a consultation, if any, and the position of its question."""

    consultation_id: int | None
    position: int


@dataclass(frozen=True, slots=True)
class HelpedPerson:
    """The person an agent answers for. Nothing here says who that is.

    `token` is the secret their voter tokens are made from, sealed; `serial` marks the keys of their questions;
    `number` counts the agent's people of the day; `consultations` are the ids of those begun for them.
    """

    token: str
    serial: str
    number: int
    consultations: tuple[int, ...] = ()


class FormerPerson(NamedTuple):
    """A person who is done, kept `until` then because more of their last text may arrive."""

    person: HelpedPerson
    until: datetime


@dataclass(frozen=True, slots=True)
class AgentSession:
    """Who answers for others, for which consultation, and until when. `person` is None between two people."""

    agent: int
    phone: int  # counts the phones that held the agent's code, this one included
    province: str | None
    code: str  # of the consultation
    own: OwnPlace
    until: datetime
    person: HelpedPerson | None = None
    last: FormerPerson | None = None


def serial_of(session: AgentSession | None) -> str:
    """The serial of the person an agent answers for now; "" if there is none."""
    return session.person.serial if session is not None and session.person is not None else ""


def load(stored: Mapping[str, Any]) -> AgentSession:
    """Read a session from JSON."""
    last = stored.get("last")
    return AgentSession(
        agent=stored["agent"],
        phone=stored.get("phone", 0),
        province=stored["province"],
        code=stored["code"],
        own=OwnPlace(*stored["own"]),
        until=datetime.fromisoformat(stored["until"]),
        person=_load_person(stored) if "token" in stored else None,
        last=FormerPerson(_load_person(last), datetime.fromisoformat(last["until"])) if last else None,
    )


def dump(session: AgentSession) -> dict[str, Any]:
    """Write a session as JSON."""
    stored: dict[str, Any] = {
        "agent": session.agent,
        "phone": session.phone,
        "province": session.province,
        "code": session.code,
        "own": list(session.own),
        "until": session.until.isoformat(),
    }
    if session.person is not None:
        stored |= _dump_person(session.person)
    if session.last is not None:
        stored["last"] = {**_dump_person(session.last.person), "until": session.last.until.isoformat()}
    return stored


def _load_person(stored: Mapping[str, Any]) -> HelpedPerson:
    return HelpedPerson(stored["token"], stored["serial"], stored["number"], tuple(stored.get("of", ())))


def _dump_person(person: HelpedPerson) -> dict[str, Any]:
    return {"token": person.token, "serial": person.serial, "number": person.number, "of": list(person.consultations)}


class AgentSessionJson(TypeDecorator[AgentSession]):
    """A column with an agent's session, or JSON null."""

    impl = Json
    cache_ok = True
    should_evaluate_none = True  # like JSON: None is stored as JSON null

    def process_bind_param(self, value: AgentSession | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        """Write the session as JSON."""
        return None if value is None else dump(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> AgentSession | None:  # noqa: ARG002
        """Read the session from JSON."""
        return load(value) if value else None
