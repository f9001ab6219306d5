"""Inserts a crowd of residents in the middle of a consultation, and builds their signed answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from api.consultations import drafts, lifecycle
from api.consultations.content import read
from api.consultations.schemas import ConsultationIn
from api.conversations.models import Conversation
from api.conversations.offered_choices import OfferedChoice
from api.residents import service as residents
from api.security.crypto import Keyring
from tests.bench.closing import opened
from tests.consultations import question, words

QUESTIONS = 5


@dataclass(frozen=True)
class Target:
    """The target of requests, and the secret that signs them."""

    url: str
    path: str
    auth_token: str


async def gather(database_url: str, keys: str, *, people: int) -> None:
    """Insert the crowd: active residents at the first of five questions."""
    db, keyring, now = opened(database_url, keys), Keyring.parse(keys), datetime.now(UTC)
    data = {"code": "bench", "title": words("bench"), "questions": [question("single", options=4)] * QUESTIONS}
    async with db.transaction() as session:
        draft = await drafts.create(session, ConsultationIn.model_validate(data), who="amina", now=now)
        await lifecycle.open_draft(session, "bench", who="amina", now=now)
        first = (await read(session, consultation_id=draft.id))[0]
        offered = tuple(
            OfferedChoice(f"q:{first.id}:{option.value}", option.label["fr"], False) for option in first.options
        )
        for number in range(people):
            resident, address = await residents.create(
                session, keyring=keyring, channel="sms", road="twilio", address=phone(number), now=now
            )
            resident.language, resident.state, resident.province = "fr", residents.ACTIVE, "01.571"
            session.add(
                Conversation(
                    address_id=address.id, step="question", consultation_id=draft.id, position=0, offered=offered,
                    misses=0, heard=0, hour=now, switch_offered=False,
                )
            )  # fmt: skip
    await db.close()


def phone(number: int) -> str:
    """The phone number of a member of the crowd."""
    return f"+2126000{number:05d}"


def answers(target: Target, *, people: int) -> list[tuple[bytes, bytes]]:
    """The crowd's answers except the last ones, as complete HTTP requests, each with what its response must contain."""
    validator = RequestValidator(target.auth_token)
    return [
        (_request(target, validator, turn, number), f"{turn + 2}/{QUESTIONS}".encode())
        for turn in range(QUESTIONS - 1)
        for number in range(people)
    ]


def _request(target: Target, validator: RequestValidator, turn: int, number: int) -> bytes:
    fields = {
        "ToCountry": "MA", "FromCity": "", **dict.fromkeys(("MessageSid", "SmsSid"), f"SM{turn:02d}{number:030d}"),
        "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "AccountSid": "AC" + "0" * 32,
        "ApiVersion": "2010-04-01", "From": phone(number), "To": "+212600000099", "Body": "2",
    }  # fmt: skip
    body = urlencode(fields).encode()
    signature = validator.compute_signature(target.url + target.path, fields)
    head = (
        f"POST {target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
