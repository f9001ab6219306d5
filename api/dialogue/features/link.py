"""Linking: a number and a Telegram account become one person, who has one vote, once both devices say so."""

from __future__ import annotations

from api.channel import Choice, Reply
from api.consultations import voter_numbers
from api.consultations.ballots import merge
from api.consultations.receipts import lookup
from api.consultations.receipts.description import told as standing
from api.conversations.models import Conversation
from api.dialogue import link_confirmation, store
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.expected import Reads
from api.errors import Forbidden, NotFound
from api.outbox.write import notifications
from api.residents import erasure, linking
from api.residents import service as residents
from api.residents.locks import lock_another
from api.residents.merge import Two
from api.residents.models import Address, Resident
from api.text.normalise import normalise
from api.workflows import residents as workflow_residents

_STEP = link_confirmation.STEP
_AROUND = 5  # words of a message that is a code and what it is


async def _ask(turn: Turn) -> None:
    """Show a code, and where to send it if that is known; where the app can tell their number, ask for that too."""
    voice = turn.voice
    code = await linking.offer(turn.session, address_id=turn.address.id, keyring=turn.tools.keyring, now=turn.now)
    if turn.incoming.hints.contact:
        number = turn.tools.number
        told = voice("link.app.number", code=code, number=number) if number else voice("link.app", code=code)
    else:
        bot = turn.tools.bot
        told = voice("link.phone.bot", code=code, bot=bot) if bot else voice("link.phone", code=code)
    turn.ask(_STEP, told, _choices(turn))


def _choices(turn: Turn) -> tuple[Choice, ...]:
    back = Choice("link:back", turn.voice("word.back"), action=True)
    share = Choice("link:contact", turn.voice("link.share"), contact=True)
    return (share, back) if turn.incoming.hints.contact else (back,)


async def _begin(turn: Turn, said: Said) -> Heard:
    code = _code(said.argument or "")
    if code is not None:
        return await _redeem(turn, code, asked=True) or Heard.SETTLED
    other = await linking.asked(turn.session, address_id=turn.address.id, now=turn.now)
    if other is not None:
        await link_confirmation.ask(turn, other)
        return Heard.SETTLED
    if turn.resident.state != residents.ACTIVE:
        if turn.resident.state == residents.JOINING:
            turn.say("consent.first")
        return Heard.MOVED
    await _ask(turn)
    return Heard.SETTLED


async def _again(turn: Turn) -> None:
    """Wait for their choice; a code that they may be copying at this moment stays as it is, and on their screen."""
    other = await linking.asked(turn.session, address_id=turn.address.id, now=turn.now)
    if other is not None:
        await link_confirmation.ask(turn, other)
    elif await linking.waits(turn.session, address_id=turn.address.id, now=turn.now):
        turn.ask(_STEP, "", _choices(turn))
    else:
        await _ask(turn)


async def _hear(turn: Turn, said: Said) -> Heard:
    if said.key == "link:contact" and turn.incoming.contact is not None:
        return await _share(turn, turn.incoming.contact)
    if said.key in ("link:yes", "link:no"):
        return await _decide(turn, agrees=said.key == "link:yes")
    if said.key == "link:back":
        return await leave(turn)
    if said.tapped:
        return await _begin(turn, said)
    return Heard.MISSED


async def _named(turn: Turn, text: str) -> Heard | None:
    """A code by itself, as long as it lives; where nothing else can be meant, also that there is none such."""
    code = _code(text)
    return None if code is None else await _redeem(turn, code, asked=turn.conversation.step in (_STEP, "home"))


async def _redeem(turn: Turn, code: str, *, asked: bool) -> Heard | None:
    """Ask the address that was shown this code; where it was not `asked` for, a number that is none is no code."""
    try:
        shown = await linking.redeem(turn.session, code=code, by=turn.address, keyring=turn.tools.keyring, now=turn.now)
    except NotFound:
        return await _refuse(turn, turn.voice("link.unknown")) if asked else None
    except Forbidden:
        return await _refuse(turn, turn.voice("link.tries"))
    owner = await lock_another(turn.session, shown, held=turn.resident.id)
    if owner.id == turn.resident.id:
        turn.say("link.already")
        return await leave(turn)
    mine = await linking.asked(turn.session, address_id=turn.address.id, now=turn.now)
    if mine is not None and mine.id == shown.id:  # each sent the other's code: whoever holds both devices said so twice
        return await _agreed(turn, shown, owner)
    if owner.state != residents.ACTIVE:  # they stopped since: nobody is there to say yes
        return await _refuse(turn, turn.voice("link.unknown"))
    await link_confirmation.ask_there(turn, shown, owner)
    turn.say("link.wait")
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Heard.SETTLED


async def _decide(turn: Turn, *, agrees: bool) -> Heard:
    """They say whether the device that sent their code is theirs."""
    other = await linking.asked(turn.session, address_id=turn.address.id, now=turn.now)
    if other is None:
        return await _refuse(turn, turn.voice("link.unknown"))
    if not agrees:
        await linking.forget(turn.session, [turn.address.id])
        return await _refuse(turn, turn.voice("link.no"))
    owner = await lock_another(turn.session, other, held=turn.resident.id)
    if await linking.asked(turn.session, address_id=turn.address.id, now=turn.now) is None:  # they left meanwhile
        return await _refuse(turn, turn.voice("link.unknown"))
    return await _agreed(turn, other, owner)


async def _share(turn: Turn, number: str) -> Heard:
    """They let the app tell their number: whoever is known by it, or will be, is them."""
    session, keyring = turn.session, turn.tools.keyring
    known = await residents.find_address(session, keyring=keyring, channel=linking.PHONES, address=number)
    if known is not None:
        owner = await lock_another(session, known, held=turn.resident.id)
        if not known.sealed:
            erasure.come_back(owner, known, written=number, keyring=keyring, now=turn.now)
        return await _join(turn, known, owner, how="contact")
    added = await linking.add(session, turn.resident, channel=linking.PHONES, address=number, keyring=keyring)
    session.add(store.begun(added.id, now=turn.now, step="home"))
    await voter_numbers.weigh(session, turn.resident.id, now=turn.now)
    _settle_letters(turn, added)
    return await _done(turn)


async def _agreed(turn: Turn, other: Address, owner: Resident) -> Heard:
    """Both devices said so. Who refused or was erased meanwhile is linked to nobody: their no would be the other's."""
    await linking.forget(turn.session, [turn.address.id, other.id])
    if not {turn.resident.state, owner.state} <= set(residents.MAY_LINK):
        return await _refuse(turn, turn.voice("link.unknown"))
    return await _join(turn, other, owner, how="code")


async def _join(turn: Turn, other: Address, owner: Resident, *, how: str) -> Heard:
    session, keyring = turn.session, turn.tools.keyring
    if owner.id == turn.resident.id:
        turn.say("link.already")
        return await leave(turn)
    before = turn.resident
    turn.resident = await workflow_residents.merge_residents(
        session, one=before, other=owner, how=how, channel=turn.incoming.channel, keyring=keyring, now=turn.now
    )
    gone = owner if turn.resident.id == before.id else before
    _settle_letters(turn, other)
    there = await session.get(Conversation, other.id)
    if there is None:  # it was written to, and never wrote
        session.add(store.begun(other.id, now=turn.now, step="home"))
    elif there.step in (_STEP, "language", "consent", "province"):  # nothing of that is to be asked any more
        there.step, there.offered = "home", []
    told = Reply(turn.voice("link.done"))
    await notifications.tell(session, turn.resident.id, told, keyring=keyring, now=turn.now, address_id=other.id)
    return await _done(turn, gone)


def _settle_letters(turn: Turn, other: Address) -> None:
    """A phone may have no Tifinagh: who has one too reads Latin letters everywhere, until they say otherwise."""
    if turn.resident.language == "zgh" and linking.PHONES in (turn.address.channel, other.channel):
        turn.resident.latin = True


async def _done(turn: Turn, gone: Resident | None = None) -> Heard:
    """Say that it is done, and which ballot counts where both they and who is `gone` now had one."""
    turn.say("link.done")
    if gone is not None:
        two = Two(turn.resident.id, gone.id, turn.tools.keyring, turn.now)
        for receipt in await merge.settled(turn.session, two):
            checked = await lookup.check(turn.session, receipt)
            turn.lines += [standing(checked, turn.voice)] if checked is not None else []
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Heard.MOVED


async def _refuse(turn: Turn, why: str) -> Heard:
    turn.lines.append(why)
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Heard.MOVED


def _code(written: str) -> str | None:
    """The digits of a code, in any script, written together or apart, or with a few words ("le code est 155607")."""
    words = normalise(written).split()
    numbers = [word for word in words if word.isascii() and word.isdecimal()]
    alone = len(numbers) == len(words) or (len(numbers) == 1 and len(words) <= _AROUND)
    return "".join(numbers) if alone and len("".join(numbers)) == linking.LENGTH else None


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
    named=_named,
)
