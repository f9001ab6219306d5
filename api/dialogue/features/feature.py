"""What the dialogue must know of a feature: something a resident can do beside answering a consultation."""

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
    """A feature, as one module of this folder names it.

    `begin` is called with a word of `words` (intents of `locales/keywords.toml`), or with none from the menu; what was
    written behind the word, as 17 in "IDEA 17", is in `said.argument` where the word is one of `commands`: a few words,
    or a whole text where it is one of `opens` too and nothing is asked. `hear` takes what is said at one of its
    `steps`, and every tap on a choice whose key begins with one of `owns`. `ask` asks once more. Each returns or leaves
    what a step does: MOVED goes on to whatever comes next, SETTLED rests, MISSED says what is expected.

    One that is not `own` speaks of those whom an agent answers for; the others say that they are for the agent.

    `steps` are names of the conversation's step, each with how words are read there; its own notes between two turns
    are in `conversation.notes`. Without a `title` it is not in the menu.

    `says` are those of its choices that stand for a yes or a no, by what follows the owner in their keys.

    One that is there `anytime` is heard from people too who have not joined yet, or who stopped; one that is there
    `early`, from those who have not joined yet. `named` looks at a text that answers nothing, where it may be the name
    of something all by itself (a code); None where it is none.
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
    """It is done: go on with the consultation that is under way, or with those whom an agent answers for, or rest.

    Where nothing was said in this turn (they only went back), it goes on to whatever comes next: nobody is met with
    silence.
    """
    at = turn.conversation
    at.put_away()
    joined = turn.resident.state == residents.ACTIVE
    if at.consultation_id is not None or at.assisting is not None or not joined or not (turn.lines or turn.edits):
        return Outcome.MOVED
    home.rest(turn)
    return Outcome.SETTLED
