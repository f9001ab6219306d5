"""The session of an agent who answers for other people, and how it is stored as JSON in the agent's conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Dialect, TypeDecorator

from api.db import Json


class OwnPlace(NamedTuple):
    """The agent's place in their own vote before the session: which consultation, and which question."""

    consultation_id: int | None
    position: int


@dataclass(frozen=True, slots=True)
class HelpedPerson:
    """The person an agent answers for at the moment. Nothing here identifies the person."""

    token: str  # encrypted; the person's voter tokens are made from it
    serial: str  # a random mark in the keys of the person's questions
    number: int  # how many people the agent has helped today, this one included
    consultations: tuple[int, ...] = ()  # ids of the consultations begun for this person


class FormerPerson(NamedTuple):
    """The person whom an agent helped before the current one.

    More of that person's last text may arrive until the time `until`.
    """

    person: HelpedPerson
    until: datetime


@dataclass(frozen=True, slots=True)
class AgentSession:
    """The session of an agent who answers for others: which agent, for which consultation, and until when.

    Between two people, `person` is None. While more of the former person's last text may arrive, `last` is that person.
    """

    agent: int
    phone: int  # how many phones have held the agent's code so far, this one included
    province: str | None
    code: str  # the code of the consultation
    own: OwnPlace
    until: datetime
    person: HelpedPerson | None = None
    last: FormerPerson | None = None


def serial_of(session: AgentSession | None) -> str:
    """Return the serial (a random mark) of the person whom the agent is helping now; "" if there is nobody."""
    return session.person.serial if session is not None and session.person is not None else ""


def load(stored: Mapping[str, Any]) -> AgentSession:
    """Return the session stored as this JSON object."""
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
    """Return the session as a JSON object."""
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
    """A column type that stores an agent's session as JSON; None is stored as JSON null."""

    impl = Json
    cache_ok = True
    should_evaluate_none = True  # like JSON: None is stored as JSON null

    def process_bind_param(self, value: AgentSession | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        """Return the session as a JSON object, or None."""
        return None if value is None else dump(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> AgentSession | None:  # noqa: ARG002
        """Return the session read from the stored JSON object, or None."""
        return load(value) if value else None
