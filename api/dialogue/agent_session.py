"""An agent's session: which person of today they answer for now, and whose ballot that is.

Whatever way a vote is begun while it lasts, by its name, its number or a button, it is for the person helped.

It is a column of its own (`conversation.assisting`), so that nothing else a resident does can end it by half: while it
is there every answer is that person's, and where it ends the agent is back at what was theirs. The person is nobody:
the voter token is drawn at random and forgotten with the session.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from api.agents import code_holder
from api.agents import service as agents
from api.agents.code_holder import HeldElsewhere, TooSoon
from api.agents.models import Agent
from api.channel import Choice, Reply
from api.consultations import service as consultations
from api.consultations.ballots.agent_typed import Typist
from api.consultations.models import Consultation
from api.consultations.service import OnOffer
from api.conversations.models import HELPED, LAST, PERSON, Conversation, is_past
from api.dialogue.turn import Turn
from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.vocabulary.naming import names
from api.dialogue.voting import vote_session
from api.i18n import LANGUAGES
from api.residents import service as residents
from api.security.crypto import voter_token
from api.text.normalise import normalise

END = "assist:end"  # the key of the choice that ends a session
_OWNER = "as"  # of the keys of a person's questions: "as:SERIAL:q:12:yes"
_VOTING = ("q:", "card:")  # keys by which a ballot changes
_PURPOSE = "assisted"  # of the seal: who reads the table can tie no ballot to an agent's turn
_LEFT = (residents.STOPPED, residents.DECLINED)
_LASTS = timedelta(hours=2)  # after the person began; who comes back later answers for themselves again


def begin(turn: Turn, agent: Agent, *, code: str) -> None:
    """Begin a session for the consultation of this code; what the agent was at is kept aside."""
    at = turn.conversation
    own = at.assisting["own"] if at.assisting else [at.consultation_id, at.position]
    who = {"agent": agent.id, "phone": agent.phones, "province": agent.province}
    at.assisting = {**who, "code": code, "own": own}
    extend(turn)


async def take(turn: Turn, offer: OnOffer) -> bool:
    """Begin this consultation for the person helped, or for the next one where nobody is at hand.

    Says so where that cannot be: False then. Where it is too soon, the session goes on; where no more people may be
    answered for today, or another phone holds the code by now, it ends.
    """
    held = turn.conversation.assisting or {}
    if "token" not in held:
        number = await _admitted(turn, held["agent"])
        if number is None:
            return False
        _next_person(turn, number)
        turn.say("assist.begin", number=number)
    at = turn.conversation
    begun = (at.assisting or {}).get("of", [])
    at.assisting = {**(at.assisting or {}), "code": offer.code, "of": [*begun, offer.id]}
    at.consultation_id, at.position, at.step, turn.blank = offer.id, 0, "question", False
    turn.questions = await turn.tools.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
    turn.consultation = await consultations.get(turn.session, offer.code)
    vote_session.begin(turn)
    return True


async def _admitted(turn: Turn, agent: int) -> int | None:
    """Which person of today is next; None where none is, and it is said why."""
    tools, phone = turn.tools, code_holder.phone(turn.tools.keyring, turn.address.blind_index)
    try:
        number = await agents.admit(turn.session, agent, phone=phone, apart=tools.agent_apart, now=turn.now)
    except TooSoon as soon:
        turn.say("assist.soon", seconds=soon.seconds)
        return None
    except HeldElsewhere:
        turn.say("assist.held")
    else:
        if number is not None:
            return number
        turn.say("assist.full")
    turn.say("assist.over")
    await end(turn)
    return None


def typist(turn: Turn) -> Typist | None:
    """Who types for the person at hand; None where somebody answers for themselves."""
    held = turn.conversation.assisting
    return Typist(held["agent"], held.get("phone", 0)) if held is not None else None


def _next_person(turn: Turn, number: int) -> None:
    """From now on answers are another person's: a new token, which nothing can be reckoned from."""
    at, keyring = turn.conversation, turn.tools.keyring
    sealed = base64.b64encode(keyring.encipher(secrets.token_hex(32), purpose=_PURPOSE)).decode()
    held = {name: value for name, value in (at.assisting or {}).items() if name != LAST}
    at.assisting = {**held, "token": sealed, "serial": secrets.token_hex(3), "number": number}
    extend(turn)


def rest(turn: Turn, *, parts: bool = False) -> None:
    """The person's ballot is done: its token is forgotten.

    If further `parts` of a text may still come, it is kept for those seconds.
    """
    at = turn.conversation
    held = at.assisting or {}
    last = {name: held[name] for name in PERSON if name in held}
    at.assisting = {name: value for name, value in held.items() if name not in (*PERSON, LAST)}
    if parts and "token" in last:
        until = turn.now + turn.tools.parts_within
        at.assisting = {**at.assisting, LAST: {**last, "until": until.isoformat()}}
    vote_session.begin(turn)
    at.consultation_id, at.position = None, 0


@contextmanager
def recalled(turn: Turn, serial: str) -> Iterator[None]:
    """Answer for the person of this serial meanwhile, if it is the one who was done seconds ago."""
    at = turn.conversation
    now = at.assisting
    last = (now or {}).get(LAST, {})
    if now is None or not serial or last.get("serial") != serial:
        yield
        return
    at.assisting = {**now, **{name: last[name] for name in PERSON if name in last}}
    try:
        yield
        address(turn)
    finally:
        at.assisting = now


def extend(turn: Turn) -> None:
    """The session lasts a while from now."""
    at = turn.conversation
    at.assisting = {**(at.assisting or {}), "until": (turn.now + _LASTS).isoformat()}


def close(at: Conversation, *, left: bool) -> None:
    """End the session of this conversation, if there is one; whoever `left` hears of it when they come back."""
    if at.assisting is None:
        return
    at.consultation_id, at.position = at.assisting["own"]
    at.assisting, at.offered, at.step = None, (), "home" if at.consultation_id is None else "question"
    if left:
        at.notes = {**at.notes, HELPED: True}


async def end(turn: Turn) -> None:
    """The session is over, if there is one; the agent is where they were before it."""
    at = turn.conversation
    if at.assisting is None:
        return
    close(at, left=turn.resident.state in _LEFT)
    turn.consultation, turn.questions = None, ()
    if at.consultation_id is not None:
        turn.consultation = await turn.session.get_one(Consultation, at.consultation_id)
        turn.questions = await turn.tools.contents.get(
            turn.session, consultation_id=at.consultation_id, revision=turn.consultation.revision
        )


def ends(turn: Turn, text: str, asked: Expected) -> bool:
    """Whether this whole message ends the session: it is the choice that says so, in any language, or words for it.

    An everyday word for it ("fin") counts where it can be no answer, and no end of a list of choices.
    """
    if turn.conversation.assisting is None:
        return False
    said, catalogs, lexicon = normalise(text), turn.tools.catalogs, turn.tools.lexicon
    ends_named = {normalise(catalogs.voice(language)("assist.end")) for language in LANGUAGES}
    if said in lexicon.ends_help or said in ends_named:
        return True
    open_ended = asked.reads in (Reads.TEXT, Reads.MANY, Reads.SHARES) or said in names(asked.offers)
    return said in lexicon.ends_help_alone and not open_ended and not asks(text, lexicon)


def may_end(turn: Turn, text: str) -> bool:
    """Whether these words may say that the session ends, where they may be an answer too: it is asked back."""
    return turn.conversation.assisting is not None and is_end(turn, text)


def is_end(turn: Turn, text: str) -> bool:
    """Whether agents say this, as a whole message, to end their help."""
    lexicon = turn.tools.lexicon
    said = normalise(text)
    return said in lexicon.ends_help or said in lexicon.ends_help_alone


async def expire(turn: Turn) -> bool:
    """End a session that was left alone for too long; says whether one was. Who stopped, or blocked us, ended it."""
    held = turn.conversation.assisting
    if held is not None and is_past(held.get(LAST), turn.now):
        turn.conversation.assisting = held = {name: value for name, value in held.items() if name != LAST}
    if turn.resident.state in _LEFT:
        await end(turn)
        return False
    if held is None or not is_past(held, turn.now):
        return False
    await end(turn)
    return True


def whom(turn: Turn) -> str:
    """For whom a question is, to stand before it; "" where somebody answers for themselves."""
    number = (turn.conversation.assisting or {}).get("number")
    if number is None or turn.voice("assist.begin", number=number) in turn.lines:  # it was said in this message
        return ""
    return turn.voice("assist.for", number=number)


def address(turn: Turn) -> None:
    """Say for whom this message is, if somebody answers for others and it does not say so itself."""
    held, at = turn.conversation.assisting, turn.conversation
    text = "\n".join((*turn.lines, turn.asked.text if turn.asked is not None else ""))
    if held is None or not text.strip():
        return
    number = held.get("number")
    if turn.own:
        marks = [turn.voice("assist.own")] if turn.lines or at.step not in ("question", "assist") else []
    elif number is not None:
        marks = [turn.voice("assist.for", number=number), turn.voice("assist.begin", number=number)]
    else:
        marks = [turn.voice("assist.on")] if at.step != "assist" else []
    if marks and not any(mark in text for mark in marks):
        _put_before(turn, marks[0])


def _put_before(turn: Turn, mark: str) -> None:
    if turn.lines:
        turn.lines[0] = f"{mark} {turn.lines[0]}"
    elif turn.asked is not None:
        turn.asked = replace(turn.asked, text=f"{mark} {turn.asked.text}")


def token(turn: Turn, consultation: Consultation) -> bytes | None:
    """The token of the person who answers now; None where the agent, or any resident, speaks for themselves.

    It is another one in each consultation, so that nobody can tell that two ballots are of one person.
    """
    held = turn.conversation.assisting
    found = held.get("token") if held else None
    if not isinstance(found, str):
        return None
    secret = bytes.fromhex(turn.tools.keyring.decipher(base64.b64decode(found), purpose=_PURPOSE))
    return voter_token(secret, consultation.id)


def marked(turn: Turn, replies: Sequence[Reply]) -> list[Reply]:
    """The replies with a person's questions bearing their serial: a tap on them counts for no other person, ever."""
    held = turn.conversation.assisting
    serial = held.get("serial") if held else None
    if serial is None:
        return list(replies)
    return [replace(each, choices=tuple(_mark(choice, serial) for choice in each.choices)) for each in replies]


def unmarked(turn: Turn, key: str) -> str | None:
    """The key behind a tap; None where it is of another person than the one who answers now."""
    held = turn.conversation.assisting
    serial = held.get("serial") if held else None
    owner, _, rest_of_it = key.partition(":")
    if owner != _OWNER:
        return None if held is not None and key.startswith(_VOTING) else key
    found, _, inner = rest_of_it.partition(":")
    return inner if serial is not None and found == serial and inner.startswith(_VOTING) else None


def _mark(choice: Choice, serial: str) -> Choice:
    return replace(choice, key=f"{_OWNER}:{serial}:{choice.key}") if choice.key.startswith(_VOTING) else choice
