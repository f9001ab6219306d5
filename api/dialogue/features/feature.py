"""What the dialogue needs to know about a feature: something residents can do besides answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.i18n import Voice
from api.residents import service as residents


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature, as one module of this folder describes it.

    `begin` is called with one of `words` (intents of `locales/keywords.toml`), or from the menu with none. What
    followed the word, such as 17 in "IDEA 17", is in `utterance.argument` if the word is one of `commands`; if it is
    also one of `opens` and nothing is asked, that may be a whole text. `hear` takes what is said at one of its `steps`,
    and every tap on a key whose prefix is one of `owns`. `ask` asks again. Each returns an `Outcome`.

    `for_sender`: its answers are for the agent who writes, even while they answer for others.

    `steps` maps the names of its steps to how words are read there. Its notes between turns are in
    `conversation.notes`. Without a `title` it is not in the menu. `says` maps choices, by what follows the owner in
    their keys, to the yes or no they stand for.

    With `anytime` it also serves people who have not joined yet or who stopped; with `early`, those who have not joined
    yet. `hear_name` gets texts that answer nothing, and returns None if they name nothing of its own (such as a code).
    """

    name: str
    begin: Callable[[Turn, Utterance], Awaitable[Outcome]]
    hear: Callable[[Turn, Utterance], Awaitable[Outcome]]
    ask: Callable[[Turn], Awaitable[None]]
    title: Callable[[Voice], str] | None = None
    words: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    steps: Mapping[str, Reads] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    anytime: bool = False
    early: bool = False
    for_sender: bool = True
    hear_name: Callable[[Turn, str], Awaitable[Outcome | None]] | None = None

    def is_for(self, state: str) -> bool:
        """Whether a resident in this state may use it."""
        return self.anytime or state == residents.ACTIVE or (self.early and state == residents.JOINING)


async def leave(turn: Turn) -> Outcome:
    """End a feature: continue the consultation in progress, or with the people an agent answers for, or rest.

    If nothing was said in this turn (they only went back), ask whatever comes next: nobody is met with silence.
    """
    conversation = turn.conversation
    conversation.put_away()
    joined = turn.resident.state == residents.ACTIVE
    if (
        conversation.consultation_id is not None
        or conversation.assisting is not None
        or not joined
        or not (turn.lines or turn.edits)
    ):
        return Outcome.MOVED
    home.rest(turn)
    return Outcome.SETTLED
