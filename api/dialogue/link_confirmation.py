"""Asks the owner of a link code whether the device that sent it is theirs, before two residents become one."""

from __future__ import annotations

from api.channel import Choice, Reply
from api.conversations import trail
from api.conversations.models import Conversation
from api.conversations.offered_choices import offered_from
from api.dialogue.turn import Turn
from api.i18n import Voice
from api.outbox.write import notifications
from api.residents import linking
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.routing import phones

STEP = "link"  # the step of a conversation that shows a code or asks this question


async def ask_there(turn: Turn, shown: Address, owner: Resident) -> None:
    """Ask the owner of a code whether the device that sent it is theirs too.

    We ask on the device that shows the code. Somebody else may have read the code over the owner's shoulder. So nothing
    may count as a yes by accident. If an owner on SMS is doing something else by now, they must write LIER ("link") to
    agree.
    """
    session, voice = turn.session, turn.context.catalogs.voice(owner.language, latin=owner.latin)
    await linking.ask(session, shown=shown, by=turn.address, now=turn.now)
    conversation = await session.get(Conversation, shown.id)
    text, choices = voice("link.confirm", device=_device(turn.address, turn.incoming.address)), _yes_no(voice)
    if conversation is not None and conversation.step == STEP:
        conversation.offered = offered_from(choices)
        trail.note_prompt(
            conversation,
            trail.prompt_name(conversation, None, gone=False, free=False),
            consultation_id=None,
            now=turn.now,
        )
    elif shown.channel == linking.PHONES:
        text, choices = voice("link.later", device=_device(turn.address, turn.incoming.address)), ()
    await notifications.notify(
        session, owner.id, Reply(text, choices), keyring=turn.context.keyring, now=turn.now, address_id=shown.id,
        until=turn.now + linking.LIFE, asked=True,
    )  # fmt: skip


def _device(address: Address, address_text: str) -> str:
    """Return the words by which owners recognise a device: the end of its number, or its channel."""
    if address.channel == linking.PHONES:
        return f"SMS ...{phones.last_digits(address_text)}"
    return address.channel.capitalize()


def _yes_no(voice: Voice) -> tuple[Choice, ...]:
    return Choice("link:yes", voice("word.yes")), Choice("link:no", voice("word.no"))


async def ask(turn: Turn, other: Address) -> None:
    """Ask again whether the device that sent the resident's code is theirs too."""
    address_text = residents.open_address(turn.context.keyring, other.sealed) if other.sealed else ""
    turn.ask(STEP, turn.voice("link.confirm", device=_device(other, address_text)), _yes_no(turn.voice))
