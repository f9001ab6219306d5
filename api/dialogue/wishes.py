"""The command that a resident wrote before consenting. It is stored, and carried out once they have joined.

Only the command is stored, with a number after it ("AGENT 1234"), encrypted. Other text is stored only after consent.
"""

from __future__ import annotations

import base64

from api.dialogue.turn import Turn, Utterance
from api.dialogue.understand.values.numbers import argument_number

_WANTED = "wanted"  # the note: the intent, and the number after the command
_PURPOSE = "wanted"  # the purpose of the encryption key


def keep(turn: Turn, utterance: Utterance) -> None:
    """Remember this command until the resident has joined. It replaces any earlier one."""
    number = utterance.argument if argument_number(utterance.argument, turn.context.lexicon) is not None else None
    sealed = None if number is None else turn.context.keyring.encipher(number, purpose=_PURPOSE)
    note = [utterance.intent, None if sealed is None else base64.b64encode(sealed).decode()]
    turn.conversation.notes = {**turn.conversation.notes, _WANTED: note}


def take(turn: Turn) -> Utterance | None:
    """Forget the remembered command, and return it to be carried out now; None if there is none."""
    conversation = turn.conversation
    note = conversation.notes.get(_WANTED)
    if note is None:
        return None
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != _WANTED}
    intent, sealed = note
    number = None if sealed is None else turn.context.keyring.decipher(base64.b64decode(sealed), purpose=_PURPOSE)
    return Utterance(text="", intent=intent, argument=number)
