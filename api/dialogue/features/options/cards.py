"""Cards: each shows one option with its longer text, and buttons to choose it, turn to another card, or list all."""

from __future__ import annotations

from dataclasses import replace

from api.channel import Choice, Reply
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import option_of
from api.dialogue.question_kinds.points import tap_step
from api.dialogue.steps import question as asking
from api.dialogue.steps import statements
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.voting import ballot_box, buttons
from api.proposals import pictures

_LIST, _PICK = "list", "pick"


async def turn_over(
    turn: Turn, utterance: Utterance, consultation: Consultation, question: QuestionContent, rest: str
) -> Outcome:
    """Show another card or the list in place of the tapped message.

    `rest` is the end of the tapped key. It says what to show. It may also say that the option on that card is chosen.
    """
    value, _, act = rest.partition(":")
    outcome = Outcome.SETTLED
    if act == _PICK:
        outcome = await asking.hear(turn, replace(utterance, keys=(f"q:{question.id}:{value}",)))
        if outcome is Outcome.MISSED:
            return outcome
        turn.edits.clear()
    chosen = await ballot_box.current_choices(turn, consultation, question)
    reply = _list(turn, question, chosen) if value == _LIST else await _card_with_picture(turn, question, value, chosen)
    text = "\n\n".join(filter(None, (turn.rejection, reply.text)))
    turn.edits.append(replace(reply, text=text))
    return outcome


def _list(turn: Turn, question: QuestionContent, chosen: tuple[str, ...]) -> Reply:
    text = buttons.points_remaining(turn, question, chosen) or buttons.wording(turn, turn.questions, question)
    return Reply(text=text, choices=asking.choices(turn, question, chosen), replaces=True)


async def _card_with_picture(turn: Turn, question: QuestionContent, value: str, chosen: tuple[str, ...]) -> Reply:
    """Return the card of an option, with the picture of its proposal."""
    option = next((option for option in question.options if option.value == value), question.options[0])
    picture = await pictures.content_of(turn.session, option.reference)
    return replace(_card(turn, question, value, chosen), picture=picture)


def _card(turn: Turn, question: QuestionContent, value: str, chosen: tuple[str, ...]) -> Reply:
    """Return the card of one option: its text and the buttons below it."""
    values = [option.value for option in question.options]
    place = values.index(value) if value in values else 0
    option = question.options[place]
    head = turn.voice.pick(option.label)
    if question.one_by_one:
        offered = statements.choices(turn, question, option.value, chosen)
        return Reply(text=f"{head}\n\n{detail_text(turn, option)}", choices=offered, replaces=True)
    lines = [f"{place + 1}/{len(values)} {head}", "", detail_text(turn, option)]
    if question.total:
        lines += ["", buttons.points_given(turn, question, chosen, option.value)]
    return Reply(text="\n".join(lines), choices=_buttons(turn, question, place, chosen), replaces=True)


def _buttons(turn: Turn, question: QuestionContent, place: int, chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    values = [option.value for option in question.options]
    value, card = values[place], f"card:{question.id}"
    word = f"+{tap_step(question)}" if question.total else turn.voice("word.choose")
    picked = value in {option_of(each) for each in chosen}
    before, after = values[place - 1], values[(place + 1) % len(values)]
    left, right = (after, before) if turn.voice.language == "ar" else (before, after)  # Arabic is read to the left
    return (
        Choice(f"{card}:{value}:{_PICK}", word, chosen=picked),
        Choice(f"{card}:{left}", "◀", action=True),
        Choice(f"{card}:{_LIST}", turn.voice("word.list"), action=True),
        Choice(f"{card}:{right}", "▶", action=True),
    )


def detail_text(turn: Turn, option: OptionContent) -> str:
    """Return the longer text of an option; "" if it has none."""
    return turn.voice.pick(option.detail) if option.detail else ""
