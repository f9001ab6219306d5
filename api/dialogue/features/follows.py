"""FOLLOW and UNFOLLOW: news about a commitment, a theme or the resident's own province, once a week at most."""

from __future__ import annotations

from collections.abc import Sequence

from api.campaigns.audience import unfollow
from api.channel import Choice
from api.commitments import service as commitments
from api.commitments.content import CommitmentRecord, read
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.names import match_name
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import argument_number
from api.errors import Invalid, NotFound
from api.region import places
from api.region.themes import suggest, theme, themes
from api.residents import follows
from api.residents.follows import COMMITMENT, PROVINCE, THEME

_FOLLOW, _UNFOLLOW, _BACK = "follow", "unfollow", "back"


async def follow_choice(turn: Turn, commitment: CommitmentRecord) -> Choice:
    """Return the choice to follow this commitment, or to unfollow it if the resident follows it already.

    Residents can also type its label ("FOLLOW 3").
    """
    followed_topics = await follows.followed(turn.session, resident_id=turn.resident.id)
    followed = (COMMITMENT, commitment.ref) in followed_topics
    word = turn.voice("word.unfollow") if followed else turn.voice("word.follow")
    key = f"{_UNFOLLOW if followed else _FOLLOW}:{COMMITMENT}:{commitment.ref}"
    return Choice(key, f"{word} {commitment.commitment.number}", action=True)


async def _ask_follow(turn: Turn) -> Outcome:
    """Offer to follow the resident's province or a theme."""
    turn.ask(_FOLLOW, turn.voice("follow.ask"), await _choices(turn, _FOLLOW, _followable(turn)))
    return Outcome.SETTLED


def _followable(turn: Turn) -> list[tuple[str, str | None]]:
    """Return the topics that can be followed, as pairs of kind and reference, in the order shown."""
    own = [(PROVINCE, turn.resident.province)] if places.province(turn.resident.province or "") else []
    return [*own, *((THEME, each.code) for each in themes())]


async def _ask_unfollow(turn: Turn) -> Outcome:
    """Offer to unfollow each topic that the resident follows."""
    followed = await follows.followed(turn.session, resident_id=turn.resident.id)
    if not followed:
        turn.say("follow.nothing")
        return await leave(turn)
    turn.ask(_UNFOLLOW, turn.voice("unfollow.ask"), await _choices(turn, _UNFOLLOW, followed))
    return Outcome.SETTLED


async def _choices(turn: Turn, owner: str, topics: Sequence[tuple[str, str | None]]) -> tuple[Choice, ...]:
    offered = [Choice(f"{owner}:{kind}:{ref}", await _topic_name(turn, kind, ref or "")) for kind, ref in topics]
    return (*offered, Choice(f"{owner}:{_BACK}", turn.voice("word.back"), action=True))


async def _ask(turn: Turn) -> None:
    await (_ask_unfollow(turn) if turn.conversation.step == _UNFOLLOW else _ask_follow(turn))


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Follow or unfollow the topic named after the word; if none is named, ask which topic is meant."""
    leaving = utterance.intent == _UNFOLLOW
    find = _find_followed if leaving else _find_topic
    topic = await find(turn, utterance.argument) if utterance.argument is not None else None
    if topic is not None:
        kind, _, ref = topic.partition(":")
        return await _take(turn, leaving=leaving, kind=kind, ref=ref)
    if utterance.argument is not None and leaving:
        await _say_not_followed(turn, utterance.argument)
    elif utterance.argument is not None:
        turn.say("follow.unknown")
    return await (_ask_unfollow(turn) if leaving else _ask_follow(turn))


async def _find_followed(turn: Turn, argument: str) -> str | None:
    """Return the topic that the resident wants to unfollow, as "kind:reference", if that is clear."""
    followed = [f"{kind}:{ref}" for kind, ref in await follows.followed(turn.session, resident_id=turn.resident.id)]
    topic, number = await _find_topic(turn, argument), argument_number(argument, turn.context.lexicon)
    if number is None or (topic in followed and turn.conversation.step != _UNFOLLOW):
        return topic if topic in followed else None
    followable = [f"{kind}:{ref}" for kind, ref in _followable(turn)]
    # If we just listed the followed topics, a number is a position in that list; else in either list.
    lists = (followed,) if turn.conversation.step == _UNFOLLOW else (followed, followable)
    matches = {topics[number - 1] for topics in lists if 1 <= number <= len(topics)} & set(followed)
    return matches.pop() if len(matches) == 1 else (topic if topic in followed else None)


async def _say_not_followed(turn: Turn, argument: str) -> None:
    """Say that the resident does not follow this topic, or that no commitment has this number."""
    kind, _, ref = (await _find_topic(turn, argument) or "").partition(":")
    try:
        await _topic_name(turn, kind, ref)
    except NotFound:
        turn.say("status.unknown")
    else:
        turn.say("unfollow.unknown")


async def _find_topic(turn: Turn, argument: str) -> str | None:
    """Return the topic that these words name, as "kind:reference"."""
    number = argument_number(argument, turn.context.lexicon)
    plan = await commitments.current(turn.session)
    if number is not None:
        return f"{COMMITMENT}:{plan.code}/{number}" if plan is not None else None
    listed = await read(turn.session, plan) if plan is not None else []
    names = {f"{COMMITMENT}:{each.ref}": [*each.label.values()] for each in listed}
    names |= {f"{PROVINCE}:{each.code}": [*each.words.values()] for each in places.provinces()}
    names |= {f"{THEME}:{each.code}": [*each.words.values()] for each in themes()}
    suggested = suggest(argument)
    return match_name(argument, names) or (f"{THEME}:{suggested.code}" if suggested is not None else None)


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    for owner in (_FOLLOW, _UNFOLLOW):
        kind, _, ref = (utterance.choice_of(owner) or "").partition(":")
        if kind == _BACK:
            return await leave(turn)
        if ref:
            return await _take(turn, leaving=owner == _UNFOLLOW, kind=kind, ref=ref)
    return Outcome.MISSED


async def _take(turn: Turn, *, leaving: bool, kind: str, ref: str) -> Outcome:
    """Follow or unfollow a topic, and say so."""
    try:
        follows.check(kind, ref)
        name = await _topic_name(turn, kind, ref)
    except NotFound:
        turn.say("status.unknown")
        return await (_ask_unfollow(turn) if leaving else _ask_follow(turn))
    except Invalid:  # an old button may name a theme that no longer exists
        turn.say("follow.unknown")
        return await (_ask_unfollow(turn) if leaving else _ask_follow(turn))
    if leaving:
        await follows.unfollow(turn.session, resident_id=turn.resident.id, kind=kind, ref=ref)
        await unfollow.remove_topics(turn.session, resident_id=turn.resident.id, now=turn.now)
        turn.say("follow.gone", what=name)
    else:
        await follows.follow(turn.session, resident_id=turn.resident.id, kind=kind, ref=ref, now=turn.now)
        number = f" {ref.rpartition('/')[2]}" if kind == COMMITMENT else ""
        turn.say("follow.done", what=name, word=f"{turn.voice('word.unfollow')}{number}")
    return await leave(turn)


async def _topic_name(turn: Turn, kind: str, ref: str) -> str:
    """Return the name of a commitment, province or theme. Raises NotFound."""
    if kind == COMMITMENT:
        return turn.voice.pick((await commitments.named(turn.session, ref)).label)
    topic = places.province(ref) if kind == PROVINCE else theme(ref)
    return turn.voice.pick(topic.words) if topic is not None else ref


FEATURE = Feature(
    name="follows",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("menu.follow"),
    words=(_FOLLOW, _UNFOLLOW),
    commands=(_FOLLOW, _UNFOLLOW),
    owns=(_FOLLOW, _UNFOLLOW),
    steps={_FOLLOW: Reads.ONE, _UNFOLLOW: Reads.ONE},
)
