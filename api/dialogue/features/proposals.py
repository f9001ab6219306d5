"""Reading the proposals made from residents' ideas: the list of the newest, or one with its origin and outcome."""

from __future__ import annotations

from api.channel import Choice
from api.commitments.models import Commitment
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.names import match_name
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import argument_number, key_number
from api.proposals import listing, notifications, pictures, service, transitions
from api.proposals.models import Proposal
from api.text.shortening import excerpt

_STEP = "proposals"
_MOST = 5  # proposals listed
_KNOWN = 50  # only the newest proposals can be named by title
_CREDITED = 8  # maximum number of ideas named
_TITLE = 100  # maximum number of characters of a commitment's title


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """If the resident gave a proposal's number or title, show that proposal; otherwise list the newest proposals."""
    if utterance.argument is not None:
        number = argument_number(utterance.argument, turn.context.lexicon)
        return await _show(turn, await _titled(turn, utterance.argument) if number is None else number)
    if await _list(turn):
        return Outcome.SETTLED
    turn.say("proposal.none")
    return await leave(turn)


async def _titled(turn: Turn, argument: str) -> int:
    """Return the id of the only recent proposal whose title contains these words, or else 0."""
    newest = await listing.newest(turn.session, states=transitions.PUBLIC, limit=_KNOWN)
    return int(match_name(argument, {str(proposal.id): proposal.title.values() for proposal in newest}) or 0)


async def _ask(turn: Turn) -> None:
    await _list(turn)


async def _list(turn: Turn) -> bool:
    """Offer the newest proposals. Return False if there are none."""
    voice = turn.voice
    newest = await listing.newest(turn.session, states=transitions.PUBLIC, limit=_MOST)
    choices = [Choice(f"prop:{proposal.id}", voice.pick(proposal.title)) for proposal in newest]
    if choices:
        turn.ask(_STEP, voice("proposal.list"), (*choices, Choice("prop:back", voice("word.back"), action=True)))
    return bool(choices)


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Show the proposal that was chosen, or go back."""
    value = utterance.choice_of("prop")
    if value is None:
        return Outcome.MISSED
    return await leave(turn) if value == "back" else await _show(turn, key_number(value) or 0)


async def _show(turn: Turn, number: int) -> Outcome:
    proposal = await service.by_number(turn.session, number)
    if proposal is None:
        turn.say("proposal.unknown")
        return Outcome.SETTLED if await _list(turn) else await leave(turn)
    pick = turn.voice.pick
    turn.picture = await pictures.content_of(turn.session, proposal.code)
    turn.say("proposal.shown", number=proposal.id, title=pick(proposal.title), text=pick(proposal.text))
    ideas = (await notifications.ideas_of(turn.session, proposal.id))[:_CREDITED]
    if ideas:
        turn.say("proposal.ideas", count=len(ideas), numbers=turn.voice.joined(ideas))
    await _onward(turn, proposal)
    if proposal.answer is not None:
        turn.say("proposal.answer", title=pick(proposal.answer))
    return await leave(turn)


async def _onward(turn: Turn, proposal: Proposal) -> None:
    """Say whether the proposal was chosen, or which commitment it became."""
    if proposal.state == transitions.CHOSEN:
        turn.say("proposal.chosen")
    elif proposal.state == transitions.NOT_CHOSEN:
        turn.say("proposal.not_chosen")
    elif proposal.commitment_id is not None:
        commitment = await turn.session.get_one(Commitment, proposal.commitment_id)
        turn.say(
            "proposal.committed", other=commitment.number, title=excerpt(turn.voice.pick(commitment.title), _TITLE)
        )


FEATURE = Feature(
    name="proposals",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("proposal.title"),
    words=("proposal",),
    commands=("proposal",),
    owns=("prop",),
    steps={_STEP: Reads.ONE},
)
