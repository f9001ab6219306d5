"""What we asked last in a conversation, with all names of each choice. Messages are interpreted against it."""

from __future__ import annotations

from functools import cache

from api.consultations.content import PLACE, POINTS, RANKING, OptionContent, QuestionContent
from api.consultations.option_values import mark_of
from api.conversations.offered_choices import Offered
from api.dialogue.features import BY_OWNER, COMMANDS, OPENS, READS
from api.dialogue.question_kinds import KINDS
from api.dialogue.steps.gathering import late_choices
from api.dialogue.steps.statements import LATER, MORE
from api.dialogue.turn import Turn
from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.sentences.awareness import asks_whether_heard
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.dialogue.voting import vote_session
from api.region import places

_EARLY = ("language", "consent", "province")  # steps of a resident who has not joined yet
_WEIGHTY = ("consent", "mine.sure", "wrong")  # steps at which a yes is hard to undo
_MEANT = {MORE: "word.yes", LATER: "word.no"}  # these choices also answer "go on?" after some statements


def expected(turn: Turn) -> Expected:
    """Return what we asked last in this conversation, and how an answer to it is read."""
    conversation, question = turn.conversation, turn.question
    late_offered = late_choices(turn)
    question_asked = question if turn.just_answered is None else turn.just_answered.question
    offered = (*late_offered, *conversation.offered)
    opens = OPENS if conversation.step in ("home", "language", "consent") else frozenset()
    if question_asked is not None:
        return of_question(turn, question_asked, offered, opens=opens)
    offers = _offers(turn, None, offered)
    usual = Reads.ONE if any(not offer.action for offer in offers) else Reads.NOTHING
    topics = frozenset(("status", "vote") if conversation.step in _EARLY else ("status",))
    reads, careful = READS.get(conversation.step, usual), conversation.step in _WEIGHTY
    return Expected(reads, offers, commands=COMMANDS, opens=opens, topics=topics, careful=careful)


def of_question(
    turn: Turn, question: QuestionContent, offered: Offered, *, opens: frozenset[str] = frozenset()
) -> Expected:
    """Return which answers this question expects, given the choices offered to the resident."""
    low, high = int(question.rules.get("low") or 0), int(question.rules.get("high") or 0)
    decimals = bool(question.rules.get("decimals"))
    total = question.total if question.kind == POINTS else 0
    offers, reads = _offers(turn, question, offered), KINDS[question.kind].reads
    return Expected(
        reads,
        offers,
        low=low,
        high=high,
        decimals=decimals,
        total=total,
        commands=COMMANDS,
        opens=opens,
        ordered=question.kind == RANKING,
        asks_if_heard=asks_whether_heard(tuple(question.text.values()), turn.context.lexicon),
    )


def _offers(turn: Turn, question: QuestionContent | None, offered: Offered) -> tuple[Offer, ...]:
    return tuple(
        Offer(key, _names(turn, question, key, label), action, says=_says(turn, key)) for key, label, action in offered
    )


def _says(turn: Turn, key: str) -> str:
    """Return the "yes" or "no" that a choice stands for, such as "no" for "done"."""
    if turn.question is not None and vote_session.is_gathering(turn, turn.question):
        return "no" if key == f"q:{turn.question.id}:done" else ""
    owner, _, rest = key.partition(":")
    feature = BY_OWNER.get(owner)
    return feature.says.get(rest.partition(":")[0], "") if feature is not None else ""


@cache
def place_names(code: str) -> tuple[Name, ...]:
    """Return the names by which residents may answer with this province.

    They include the names of its towns. If a resident answers with a town, the reply says which province was
    understood.
    """
    place = places.province(code)
    official = (Name(place.ar, "ar"), Name(place.fr)) if place is not None else ()
    spelt = tuple(Name(text) for text in places.spellings(code))
    return (*official, *spelt, *(Name(text, sureness=Sureness.MID) for text in places.towns(code)))


def takes_several(turn: Turn, key: str) -> bool:
    """Whether this key is a choice of a question that accepts several choices.

    The question is the current one, or the one just answered.
    """
    question = turn.question if turn.just_answered is None else turn.just_answered.question
    return question is not None and key.startswith("q:") and KINDS[question.kind].gathers and not question.one_by_one


def is_way_out(turn: Turn, key: str) -> bool:
    """Whether this key is an action offered now, such as "Back", and not an answer."""
    return any(choice.action for choice in turn.conversation.offered if choice.key == key)


def label(turn: Turn, key: str) -> str:
    """Return the label that the resident saw for the choice with this key; "" if it is not offered."""
    return label_of(turn, turn.conversation.offered, key)


def label_of(turn: Turn, offered: Offered, key: str) -> str:
    """Return the label of the choice with this key; "" if no offered choice has this key."""
    labels: dict[str, str] = {choice.key: choice.label for choice in offered}
    option, _, points = key.rpartition(":")
    return labels.get(key) or (turn.voice.paired(labels[option], points) if option in labels else "")


def _names(turn: Turn, question: QuestionContent | None, key: str, label: str) -> tuple[Name, ...]:
    owner, _, value = key.partition(":")
    rest, _, code = key.rpartition(":")
    if rest.endswith("prov") and code:  # any step that asks for a province
        return place_names(code)
    if owner == "q" and question is not None:
        value = value.partition(":")[2]
        if question.one_by_one:
            word = _MEANT.get(mark_of(value))
            return (Name(label), *((Name(turn.voice(word)),) if word else ()))
        return place_names(value) if question.kind == PLACE else _option_names(question, value, label)
    return (Name(label),)


def names_of(option: OptionContent) -> tuple[Name, ...]:
    """Return an option's label in each language, and the other words that staff assigned to it.

    If the resident answers with one of these words, the reply says which option was understood.
    """
    also = (Name(word, sureness=Sureness.MID, assigned=True) for word in option.also)
    return (*(Name(text, language) for language, text in option.label.items()), *also)


def _option_names(question: QuestionContent, value: str, label: str) -> tuple[Name, ...]:
    for option in question.options:
        if option.value == value:
            return names_of(option)
    return (Name(label),)
