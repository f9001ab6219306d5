"""The session in which an agent answers for other people, one person at a time.

While a session lasts, every vote belongs to the person being helped, whether it was begun by name, number or button.
The session has its own column (`Conversation.assisting`), so that no other feature can end half of it. When it ends,
the agent returns to where they were. Nothing identifies the person: the secret of their voter tokens is random and is
forgotten when their ballot is done.
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
from api.conversations.agent_sessions import AgentSession, FormerPerson, HelpedPerson, OwnPlace, serial_of
from api.conversations.models import HELPED, Conversation
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
_OWNER = "as"  # the prefix of a person's keys: "as:SERIAL:q:12:yes"
_VOTING = ("q:", "card:")  # prefixes of keys that change a ballot
_PURPOSE = "assisted"  # purpose of the encryption: a reader of the table cannot link a ballot to an agent
_LEFT = (residents.STOPPED, residents.DECLINED)
_LIFETIME = timedelta(hours=2)  # from the start of each person; then agents answer for themselves again


def begin(turn: Turn, agent: Agent, *, code: str) -> None:
    """Start a session for the consultation with this code, and remember where the agent was before."""
    conversation = turn.conversation
    conversation.assisting = AgentSession(
        agent=agent.id,
        phone=agent.phones,
        province=agent.province,
        code=code,
        own=conversation.assisting.own
        if conversation.assisting
        else OwnPlace(conversation.consultation_id, conversation.position),
        until=turn.now + _LIFETIME,
    )


async def begin_vote(turn: Turn, offer: OnOffer) -> bool:
    """Begin this consultation for the person being helped, or for the next person if no one is being helped.

    If that is impossible, tell the agent why and return False. The session goes on if the agent only has to wait. It
    ends if the day's limit is reached, or if another phone now holds the agent's code.
    """
    session = turn.conversation.assisting
    if session is None:
        return False
    if session.person is None:
        number = await _admit_next(turn, session.agent)
        if number is None:
            return False
        session = _next_person(turn, session, number)
        turn.say("assist.begin", number=number)
    conversation, person = turn.conversation, session.person
    if person is not None:
        person = replace(person, consultations=(*person.consultations, offer.id))
    conversation.assisting = replace(session, code=offer.code, person=person)
    conversation.consultation_id, conversation.position, conversation.step = offer.id, 0, "question"
    turn.starts_blank = False
    turn.questions = await turn.context.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
    turn.consultation = await consultations.get(turn.session, offer.code)
    vote_session.begin(turn)
    return True


async def _admit_next(turn: Turn, agent: int) -> int | None:
    """Return how many people the agent has helped today, counting the next one.

    If the agent may not help another person now, say why and return None. Unless waiting is enough, end the session.
    """
    tools, phone = turn.context, code_holder.phone(turn.context.keyring, turn.address.blind_index)
    try:
        number = await agents.admit(turn.session, agent, phone=phone, apart=tools.agent_apart, now=turn.now)
    except TooSoon as soon:
        turn.say("assist.soon", seconds=soon.seconds)
        # too soon: the agent must wait, but the session goes on
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
    """Return the agent who types the answers; None if the resident answers for themselves."""
    session = turn.conversation.assisting
    return Typist(session.agent, session.phone) if session is not None else None


def _next_person(turn: Turn, session: AgentSession, number: int) -> AgentSession:
    """Return the session for a new person, with a new random secret for this person's voter tokens."""
    sealed = base64.b64encode(turn.context.keyring.encipher(secrets.token_hex(32), purpose=_PURPOSE)).decode()
    person = HelpedPerson(token=sealed, serial=secrets.token_hex(3), number=number)
    return replace(session, person=person, last=None, until=turn.now + _LIFETIME)


def finish_person(turn: Turn, *, more_text: bool = False) -> None:
    """Forget the secret of the person whose ballot is done.

    With `more_text`, the secret is kept for some seconds, because more of the person's last text may arrive.
    """
    conversation = turn.conversation
    if conversation.assisting is not None:
        person = conversation.assisting.person if more_text else None
        last = None if person is None else FormerPerson(person, turn.now + turn.context.parts_within)
        conversation.assisting = replace(conversation.assisting, person=None, last=last)
    vote_session.begin(turn)
    conversation.consultation_id, conversation.position = None, 0


@contextmanager
def recalled(turn: Turn, serial: str) -> Iterator[None]:
    """If the previous person has this serial, let the agent answer for them again within this `with` block.

    Only a person whose ballot was done seconds ago can be recalled. For anyone else, the block changes nothing.
    """
    conversation = turn.conversation
    session = conversation.assisting
    last = session.last if session is not None else None
    if session is None or last is None or not serial or last.person.serial != serial:
        yield
        return
    conversation.assisting = replace(session, person=last.person)
    try:
        yield
        say_for_whom(turn)
    finally:
        conversation.assisting = session


def close(conversation: Conversation, *, left: bool) -> None:
    """End the session of this conversation, if there is one.

    With `left`, the agent has stopped, declined or blocked us. On their return we tell them that the session has ended.
    """
    if conversation.assisting is None:
        return
    conversation.consultation_id, conversation.position = conversation.assisting.own
    conversation.assisting, conversation.offered = None, ()
    conversation.step = "home" if conversation.consultation_id is None else "question"
    if left:
        conversation.notes = {**conversation.notes, HELPED: True}


async def end(turn: Turn) -> None:
    """End the session, if any, and return the agent to where they were before."""
    conversation = turn.conversation
    if conversation.assisting is None:
        return
    close(conversation, left=turn.resident.state in _LEFT)
    turn.consultation, turn.questions = None, ()
    if conversation.consultation_id is not None:
        turn.consultation = await turn.session.get_one(Consultation, conversation.consultation_id)
        turn.questions = await turn.context.contents.get(
            turn.session, consultation_id=conversation.consultation_id, revision=turn.consultation.revision
        )


def asks_to_end(turn: Turn, text: str, expected: Expected) -> bool:
    """Whether the whole message asks to end the session.

    The label of the choice "end", in any language, always asks for it. So do words that say the same. An everyday word
    such as "fin" counts only if it cannot be an answer.
    """
    if turn.conversation.assisting is None:
        return False
    words, catalogs, lexicon = normalise(text), turn.context.catalogs, turn.context.lexicon
    labels = {normalise(catalogs.voice(language)("assist.end")) for language in LANGUAGES}
    if words in lexicon.ends_help or words in labels:
        return True
    # where one of these is asked for, "fin" may be an answer, or end a list of choices
    open_ended = expected.reads in (Reads.TEXT, Reads.MANY, Reads.SHARES) or words in names(expected.offers)
    return words in lexicon.ends_help_alone and not open_ended and not asks(text, lexicon)


def may_ask_to_end(turn: Turn, text: str) -> bool:
    """Whether the whole message is a word that may ask to end the session. If so, we ask whether that is meant."""
    return turn.conversation.assisting is not None and is_word_for_end(turn, text)


def is_word_for_end(turn: Turn, text: str) -> bool:
    """Whether the whole message is one of the words with which agents end a session."""
    lexicon = turn.context.lexicon
    words = normalise(text)
    return words in lexicon.ends_help or words in lexicon.ends_help_alone


async def expire(turn: Turn) -> bool:
    """End the session if its time is over, or if the agent has left. Return True only if the time was over."""
    session = turn.conversation.assisting
    if session is not None and session.last is not None and session.last.until <= turn.now:
        turn.conversation.assisting = session = replace(session, last=None)
    if turn.resident.state in _LEFT:
        await end(turn)
        return False
    if session is None or session.until > turn.now:
        return False
    await end(turn)
    return True


def for_whom(turn: Turn) -> str:
    """Return words that name the person being helped.

    The result is "" if no one is being helped, or if this reply names the person already.
    """
    session = turn.conversation.assisting
    if session is None or session.person is None:
        return ""
    number = session.person.number
    if turn.voice("assist.begin", number=number) in turn.lines:  # this reply already says it
        return ""
    return turn.voice("assist.for", number=number)


def say_for_whom(turn: Turn) -> None:
    """During a session, begin the reply by saying for whom it is, unless the reply already says that."""
    session, conversation = turn.conversation.assisting, turn.conversation
    text = "\n".join((*turn.lines, turn.prompt.text if turn.prompt is not None else ""))
    if session is None or not text.strip():
        return
    if turn.for_sender:
        marks = [turn.voice("assist.own")] if turn.lines or conversation.step not in ("question", "assist") else []
    elif session.person is not None:
        number = session.person.number
        marks = [turn.voice("assist.for", number=number), turn.voice("assist.begin", number=number)]
    else:
        marks = [turn.voice("assist.on")] if conversation.step != "assist" else []
    if marks and not any(mark in text for mark in marks):
        _put_before(turn, marks[0])


def _put_before(turn: Turn, mark: str) -> None:
    if turn.lines:
        turn.lines[0] = f"{mark} {turn.lines[0]}"
    elif turn.prompt is not None:
        turn.prompt = replace(turn.prompt, text=f"{mark} {turn.prompt.text}")


def token(turn: Turn, consultation: Consultation) -> bytes | None:
    """Return the voter token of the person being helped; None if the agent is helping no one.

    Each consultation gets its own token. So two ballots cannot be traced to the same person.
    """
    session = turn.conversation.assisting
    if session is None or session.person is None:
        return None
    sealed = base64.b64decode(session.person.token)
    return voter_token(bytes.fromhex(turn.context.keyring.decipher(sealed, purpose=_PURPOSE)), consultation.id)


def mark(turn: Turn, replies: Sequence[Reply]) -> list[Reply]:
    """Add the helped person's serial to choices that change a ballot, so that a tap counts only for that person."""
    serial = serial_of(turn.conversation.assisting)
    if not serial:
        return list(replies)
    return [replace(reply, choices=tuple(_mark(choice, serial) for choice in reply.choices)) for reply in replies]


def unmark(turn: Turn, key: str) -> str | None:
    """Return a tapped choice's key without the serial; None if the tap is for anyone not being helped now."""
    owner, _, marked = key.partition(":")
    if owner != _OWNER:
        return None if turn.conversation.assisting is not None and key.startswith(_VOTING) else key
    serial, _, inner = marked.partition(":")
    return inner if serial and serial == serial_of(turn.conversation.assisting) and inner.startswith(_VOTING) else None


def _mark(choice: Choice, serial: str) -> Choice:
    return replace(choice, key=f"{_OWNER}:{serial}:{choice.key}") if choice.key.startswith(_VOTING) else choice
