"""What the dialogue needs to know about a feature: something residents can do besides answering questions."""

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
    """A feature, described by one module of this folder.

    `begin` is called when a resident writes one of `words` (intents of `locales/keywords.toml`), or chooses the feature
    in the menu. If the word is one of `commands`, `utterance.argument` contains what followed it, such as 17 in "IDEA
    17". If the word is one of `opens`, a whole text may follow it, as long as nothing is being asked.

    `hear` handles messages at each of the feature's `steps`. It also handles every tap on a key whose prefix is one of
    `owns`. `ask` asks again. `begin` and `hear` return an `Outcome`.

    `steps` says, for the name of each step, how words are read there. Without a `title`, the feature is not in the
    menu. `says` maps choices (the part of the key after its prefix) to the "yes" or "no" they stand for. With
    `for_sender`, the reply concerns the agent who writes, even during a session as an agent. With `early`, people who
    have not joined yet can use the feature. With `anytime`, people who stopped can use it too. `hear_name` is given
    texts that answer nothing. It returns None if it does not recognise the text.
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
        """Return whether a resident in this state may use the feature."""
        return self.anytime or state == residents.ACTIVE or (self.early and state == residents.JOINING)


async def leave(turn: Turn) -> Outcome:
    """End a feature, and return to what the resident did before.

    If a consultation or a session as an agent is in progress, it goes on. Otherwise the resident is at the step "home".
    If this turn has said nothing yet, ask what comes next, so that the reply is not empty.
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
