"""Linking: a phone number and a Telegram account become one resident with one vote, once both devices agree."""

from __future__ import annotations

from api.channel import Choice, Reply
from api.consultations import voter_numbers
from api.consultations.ballots import merge
from api.consultations.receipts import lookup
from api.consultations.receipts.description import describe as standing
from api.conversations.models import Conversation
from api.dialogue import link_confirmation, store
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.errors import Forbidden, NotFound
from api.outbox.write import notifications
from api.residents import erasure, linking
from api.residents import service as residents
from api.residents.locks import lock_another
from api.residents.merge import MergePair
from api.residents.models import Address, Resident
from api.text.normalise import normalise
from api.workflows import residents as workflow_residents

_STEP = link_confirmation.STEP
_AROUND = 5  # maximum number of words of a message that gives a code


async def _ask(turn: Turn) -> None:
    """Show the resident a code for linking, and say where to send it."""
    voice = turn.voice
    code = await linking.create_code(
        turn.session, address_id=turn.address.id, keyring=turn.context.keyring, now=turn.now
    )
    if turn.incoming.hints.contact:
        number = turn.context.number
        text = voice("link.app.number", code=code, number=number) if number else voice("link.app", code=code)
    else:
        bot = turn.context.bot
        text = voice("link.phone.bot", code=code, bot=bot) if bot else voice("link.phone", code=code)
    turn.ask(_STEP, text, _choices(turn))


def _choices(turn: Turn) -> tuple[Choice, ...]:
    back = Choice("link:back", turn.voice("word.back"), action=True)
    share = Choice("link:contact", turn.voice("link.share"), contact=True)
    return (share, back) if turn.incoming.hints.contact else (back,)


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    code = _code_in(utterance.argument or "")
    if code is not None:
        return await _redeem(turn, code, must_answer=True) or Outcome.SETTLED
    other = await linking.pending(turn.session, address_id=turn.address.id, now=turn.now)
    if other is not None:
        await link_confirmation.ask(turn, other)
        return Outcome.SETTLED
    if turn.resident.state != residents.ACTIVE:
        if turn.resident.state == residents.JOINING:
            turn.say("consent.first")
        return Outcome.MOVED
    await _ask(turn)
    return Outcome.SETTLED


async def _again(turn: Turn) -> None:
    """Ask again, without replacing a code that is still valid."""
    other = await linking.pending(turn.session, address_id=turn.address.id, now=turn.now)
    if other is not None:
        await link_confirmation.ask(turn, other)
    elif await linking.has_code(turn.session, address_id=turn.address.id, now=turn.now):
        # the resident may be copying the code right now
        turn.ask(_STEP, "", _choices(turn))
    else:
        await _ask(turn)


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    if utterance.key == "link:contact" and turn.incoming.contact is not None:
        return await _share(turn, turn.incoming.contact)
    if utterance.key in ("link:yes", "link:no"):
        return await _decide(turn, agrees=utterance.key == "link:yes")
    if utterance.key == "link:back":
        return await leave(turn)
    if utterance.tapped:
        return await _begin(turn, utterance)
    return Outcome.MISSED


async def _named(turn: Turn, text: str) -> Outcome | None:
    """If the message gives a code, handle that code."""
    code = _code_in(text)
    return None if code is None else await _redeem(turn, code, must_answer=turn.conversation.step in (_STEP, "home"))


async def _redeem(turn: Turn, code: str, *, must_answer: bool) -> Outcome | None:
    """Ask the resident to whom we showed this code whether to link."""
    try:
        shown = await linking.redeem(
            turn.session, code=code, by=turn.address, keyring=turn.context.keyring, now=turn.now
        )
    # with `must_answer`, the sender is told that the code is unknown
    except NotFound:
        return await _refuse(turn, turn.voice("link.unknown")) if must_answer else None
    except Forbidden:
        return await _refuse(turn, turn.voice("link.tries"))
    owner = await lock_another(turn.session, shown, locked_id=turn.resident.id)
    if owner.id == turn.resident.id:
        turn.say("link.already")
        return await leave(turn)
    own_request = await linking.pending(turn.session, address_id=turn.address.id, now=turn.now)
    if own_request is not None and own_request.id == shown.id:  # each device sent the other's code, so both agreed
        return await _link(turn, shown, owner)
    if owner.state != residents.ACTIVE:  # the owner has stopped since, so nobody would say yes
        return await _refuse(turn, turn.voice("link.unknown"))
    # the question goes to the device that showed the code
    await link_confirmation.ask_there(turn, shown, owner)
    turn.say("link.wait")
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Outcome.SETTLED


async def _decide(turn: Turn, *, agrees: bool) -> Outcome:
    """Handle the answer to "Is the device that sent your code yours?": link, or refuse."""
    other = await linking.pending(turn.session, address_id=turn.address.id, now=turn.now)
    if other is None:
        return await _refuse(turn, turn.voice("link.unknown"))
    if not agrees:
        await linking.forget(turn.session, [turn.address.id])
        return await _refuse(turn, turn.voice("link.no"))
    owner = await lock_another(turn.session, other, locked_id=turn.resident.id)
    if await linking.pending(turn.session, address_id=turn.address.id, now=turn.now) is None:  # the owner left
        return await _refuse(turn, turn.voice("link.unknown"))
    return await _link(turn, other, owner)


async def _share(turn: Turn, number: str) -> Outcome:
    """Link the phone number that the resident shared through the app."""
    session, keyring = turn.session, turn.context.keyring
    address = await residents.find_address(session, keyring=keyring, channel=linking.PHONES, address=number)
    if address is not None:
        owner = await lock_another(session, address, locked_id=turn.resident.id)
        if not address.sealed:
            erasure.readmit(owner, address, written=number, keyring=keyring, now=turn.now)
        # the number is known, so its resident and this one become one
        return await _join(turn, address, owner, how="contact")
    added = await linking.add(session, turn.resident, channel=linking.PHONES, address=number, keyring=keyring)
    session.add(store.new_conversation(added.id, now=turn.now, step="home"))
    await voter_numbers.refresh(session, turn.resident.id, now=turn.now)
    _settle_letters(turn, added)
    return await _done(turn)


async def _link(turn: Turn, other: Address, owner: Resident) -> Outcome:
    """Link the two residents, because both devices agreed."""
    await linking.forget(turn.session, [turn.address.id, other.id])
    # If one of them refused messages or was erased, that would then apply to both.
    if not {turn.resident.state, owner.state} <= set(residents.MAY_LINK):
        return await _refuse(turn, turn.voice("link.unknown"))
    return await _join(turn, other, owner, how="code")


async def _join(turn: Turn, other: Address, owner: Resident, *, how: str) -> Outcome:
    session, keyring = turn.session, turn.context.keyring
    if owner.id == turn.resident.id:
        turn.say("link.already")
        return await leave(turn)
    before = turn.resident
    turn.resident = await workflow_residents.merge_residents(
        session, one=before, other=owner, how=how, channel=turn.incoming.channel, keyring=keyring, now=turn.now
    )
    merged = owner if turn.resident.id == before.id else before
    _settle_letters(turn, other)
    conversation = await session.get(Conversation, other.id)
    if conversation is None:  # we wrote to this address, but it never wrote to us
        session.add(store.new_conversation(other.id, now=turn.now, step="home"))
    elif conversation.step in (_STEP, "language", "consent", "province"):  # these need not be asked any more
        conversation.step, conversation.offered = "home", ()
    confirmation = Reply(turn.voice("link.done"))
    await notifications.notify(
        session, turn.resident.id, confirmation, keyring=keyring, now=turn.now, address_id=other.id
    )
    return await _done(turn, merged)


def _settle_letters(turn: Turn, other: Address) -> None:
    """If a linked address is a phone, write Tamazight in Latin letters: the phone may not show Tifinagh."""
    if turn.resident.language == "zgh" and linking.PHONES in (turn.address.channel, other.channel):
        turn.resident.latin = True


async def _done(turn: Turn, merged: Resident | None = None) -> Outcome:
    """Say that the addresses are linked, and which ballot counts if both residents had one."""
    turn.say("link.done")
    if merged is not None:
        pair = MergePair(turn.resident.id, merged.id, turn.context.keyring, turn.now)
        for receipt in await merge.settled_receipts(turn.session, pair):
            checked = await lookup.check(turn.session, receipt)
            turn.lines += [standing(checked, turn.voice)] if checked is not None else []
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Outcome.MOVED


async def _refuse(turn: Turn, why: str) -> Outcome:
    turn.lines.append(why)
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Outcome.MOVED


def _code_in(text: str) -> str | None:
    """Return the code for linking that this text contains, as plain digits."""
    words = normalise(text).split()
    numbers = [word for word in words if word.isascii() and word.isdecimal()]
    # digits alone, perhaps in several groups, or among a few words ("le code est 155607")
    is_code = len(numbers) == len(words) or (len(numbers) == 1 and len(words) <= _AROUND)
    return "".join(numbers) if is_code and len("".join(numbers)) == linking.LENGTH else None


LINK = Feature(
    name="link",
    begin=_begin,
    hear=_hear,
    ask=_again,
    title=lambda voice: voice("link.title"),
    words=("link",),
    commands=("link",),
    owns=("link",),
    says={"yes": "yes", "no": "no"},
    steps={_STEP: Reads.ONE},
    anytime=True,
    hear_name=_named,
)
