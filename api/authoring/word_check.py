"""Check the words of options: each word must choose its option and mean nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.consultations.content import POINTS, RANKING, OptionContent, QuestionContent
from api.dialogue.expectations import names_of
from api.dialogue.features import COMMANDS, OPENS
from api.dialogue.question_kinds import KINDS
from api.dialogue.understand.assigned_words import is_read, refusal
from api.dialogue.understand.expected import Expected, Offer
from api.dialogue.understand.vocabulary import lexicon
from api.errors import Invalid
from api.settings import root
from api.text.normalise import normalise

_ANYWHERE = Expected(commands=COMMANDS, opens=OPENS)


def check_words(questions: Sequence[QuestionContent]) -> Sequence[QuestionContent]:
    """Check the words of all options; return the questions unchanged. Raises Invalid for the first wrong word."""
    for place, question in enumerate(questions, start=1):
        for at, option in enumerate(question.options, start=1):
            for word in option.also:
                check_word(question, option.value, word, f"question {place}, option {at}: ")
    return questions


def check_word(question: QuestionContent, value: str, word: str, where: str = "") -> None:
    """Raise Invalid, with the reason, if this word may not choose the option with this value.

    A word that the option already has is checked like a new word. `where` is the beginning of the error message.
    """
    words = lexicon.load(root() / "locales")
    at = next(at for at, option in enumerate(question.options) if option.value == value)
    own = question.options[at]
    bare = replace(own, also=tuple(each for each in own.also if normalise(each) != normalise(word)))
    before = _expected(question, at, bare)
    why = refusal(word, value, before, words, _ANYWHERE)
    after = _expected(question, at, replace(bare, also=(*bare.also, word)))
    if why is None and not is_read(word, value, after, words):
        why = "would not be understood as this option"
    if why is not None:
        raise Invalid(f"{where}the word {word!r} {why}")


def _expected(question: QuestionContent, at: int, option: OptionContent) -> Expected:
    """Return which replies the question accepts if `option` replaces the option at index `at`."""
    options = (*question.options[:at], option, *question.options[at + 1 :])
    return Expected(
        KINDS[question.kind].reads,
        tuple(Offer(each.value, names_of(each)) for each in options),
        total=question.total if question.kind == POINTS else 0,
        ordered=question.kind == RANKING,
    )
