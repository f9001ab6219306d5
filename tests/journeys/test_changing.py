"""Changing a vote, and incomplete answers: a complete answer counts until another replaces it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from api.background import after_closing
from api.consultations.models import Ballot, PartialAnswer
from tests.ballots import ballots_of
from tests.consultations import main_consultation, question, vote, words
from tests.direct import DirectPerson
from tests.journeys.anything import RECEIPT
from tests.journeys.test_votes_counted_as_given import VOICE, channels, codes, key_of, only_ballot, open_only, voter
from tests.world import World


def named(*places: int) -> str:
    return ", ".join(f"texte option {place}" for place in places)


def ranked(*places: int) -> str:
    return ", ".join(f"texte option {place} ({rank})" for rank, place in enumerate(places, start=1))


async def counted(world: World, code: str = "round") -> list[int]:
    """How many ballots the results count for each option of the first question."""
    return [each.count for each in (await world.results(code)).questions[0].answers]


async def rows(world: World, table: type[Any]) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def ticked(person: DirectPerson) -> list[str]:
    """The labels shown as chosen in their newest message."""
    return [choice.label for choice in person.choices if choice.chosen]


async def test_what_is_typed_adds_to_what_a_change_shows_ticked(own_world: World) -> None:
    await open_only(own_world, vote("several", most=4))
    person = await voter(own_world, "telegram")
    await person.say("1 2")
    await person.say("changer")
    assert ticked(person) == ["texte option 1", "texte option 2"]
    second = key_of(person, 2)
    await person.say("3")
    assert VOICE("echo", said=named(1, 2, 3)) in person.heard
    assert ticked(person) == ["texte option 1", "texte option 2", "texte option 3"]
    await person.tap(second)
    await person.say("5 6")
    assert await only_ballot(person) == {1: ["1", "3", "5", "6"]}
    assert VOICE("echo", said=named(1, 3, 5, 6)) in person.heard
    await person.say("changer")
    await person.say("2")
    assert person.heard.startswith(VOICE("rule.many", given=5, most=4))
    assert await only_ballot(person) == {1: ["1", "3", "5", "6"]}


@channels
@pytest.mark.parametrize(
    ("first", "typed", "values"),
    [
        ("A3 B3", ("C4",), ["1:3", "2:3", "3:4"]),  # the remaining points
        ("A3 B3", ("C2", "D2"), ["1:3", "2:3", "3:2", "4:2"]),
        ("A5 B5", ("A2 C3",), ["2:5", "1:2", "3:3"]),  # an option named again gets its new number
        ("A5 B5", ("C10",), ["3:10"]),  # the whole total is shared again
        ("A5 B5", ("B0", "C5"), ["1:5", "3:5"]),
        ("A5 B5", ("C5",), ["1:5", "2:5"]),  # five too many: nothing changes
    ],
)
async def test_points_add_up_while_they_are_changed(
    own_world: World, channel: str, first: str, typed: tuple[str, ...], values: list[str]
) -> None:
    await open_only(own_world, vote("points", options=4, total=10))
    person = await voter(own_world, channel)
    await person.say(first)
    await person.say("changer")
    for text in typed:
        await person.say(text)
    order = {value.split(":")[0]: place for place, value in enumerate(await option_values(own_world), start=1)}
    (counts,) = (await only_ballot(person)).values()
    assert [f"{order[value.split(':')[0]]}:{value.split(':')[1]}" for value in counts] == values
    if typed == ("C5",):
        assert person.heard.startswith(VOICE("rule.points", given=15, total=10, over=5))


async def option_values(world: World) -> list[str]:
    return [each.value for each in (await world.results("round")).questions[0].answers]


@channels
@pytest.mark.parametrize("kind", ["several", "ranking"])
async def test_a_change_gathers_the_fewest_in_many_messages(own_world: World, channel: str, kind: str) -> None:
    await open_only(own_world, vote(kind, options=5, least=3))
    person = await voter(own_world, channel)
    await person.say("1 2 3")
    await person.say("changer")
    as_stored = named(1, 2, 3) if kind == "several" else ranked(1, 2, 3)
    if channel == "telegram":
        for place in (1, 2, 3):
            await person.tap(key_of(person, place))
            assert VOICE("half.stays", said=as_stored) in person.heard
    for text, count in (("4", 1), ("5", 2)):
        await person.say(text)
        assert person.heard.startswith(VOICE("rule.few", given=count, least=3))
        assert VOICE("more.ask") in person.heard
        assert await only_ballot(person) == {1: ["1", "2", "3"]}
    await person.say("1")
    assert await only_ballot(person) == {1: ["4", "5", "1"]}
    assert await rows(own_world, PartialAnswer) == 0


@channels
async def test_points_gather_the_fewest_options_in_many_messages(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("points", options=4, total=10, least=2))
    person = await voter(own_world, channel)
    await person.say("A5")
    assert person.heard.startswith(VOICE("rule.few", given=1, least=2))
    assert await codes(person) == set()
    await person.say("B5")
    assert [value.split(":")[1] for value in (await only_ballot(person))[1]] == ["5", "5"]


async def test_unticking_changes_nothing_before_the_new_answer_is_whole(own_world: World) -> None:
    await open_only(own_world, vote("several", least=2, most=3))
    person = await voter(own_world, "telegram")
    await person.say("1 2")
    await person.say("changer")
    first, second, third = (key_of(person, place) for place in (1, 2, 3))
    await person.tap(first)
    (edit,) = person.replies
    assert edit.text.startswith(VOICE("half.stays", said=named(1, 2)))
    assert [choice.key for choice in edit.choices if choice.chosen] == [second]
    assert await only_ballot(person) == {1: ["1", "2"]}
    assert await counted(own_world) == [1, 1, 0, 0, 0, 0]
    await person.say("valider")
    assert person.heard.startswith(VOICE("rule.few", given=1, least=2))
    assert await only_ballot(person) == {1: ["1", "2"]}
    await person.tap(third)
    assert await only_ballot(person) == {1: ["2", "3"]}
    await person.tap(third)
    await person.say("passer")
    assert VOICE("echo", said=named(2, 3)) in person.heard  # the last complete answer
    assert await rows(own_world, PartialAnswer) == 0


@pytest.mark.parametrize("leaves", ["back", "vote"])
async def test_who_leaves_a_change_by_half_hears_what_counts(own_world: World, leaves: str) -> None:
    asked = [question("yes_no"), question("several", options=4, least=2)]
    await open_only(own_world, {"code": "pair", "title": words("pair"), "questions": asked})
    await own_world.open(vote("several"))
    person = await voter(own_world, "telegram")
    for text in ("pair", "oui", "1 2", "changer", "oui"):
        await person.say(text)
    await person.tap(key_of(person, 1))
    await person.say("retour" if leaves == "back" else "round")
    assert person.heard.startswith(VOICE("half.stays", said=named(1, 2)))
    assert await counted_of(person, "pair") == [["yes"], ["1", "2"]]


async def counted_of(person: DirectPerson, code: str) -> list[list[str]]:
    """Their ballot in this consultation, the only one they have."""
    assert await codes(person) == {code}
    return list((await only_ballot(person)).values())


@channels
async def test_half_an_answer_counts_nowhere_and_waits(own_world: World, channel: str) -> None:
    asked = [question("several", options=4, least=2), question("yes_no")]
    await open_only(own_world, {**vote("several"), "questions": asked})
    await own_world.open({**main_consultation(), "code": "other", "title": words("other")})
    person = await voter(own_world, channel)
    await person.say("round")
    await (person.tap(key_of(person, 1)) if channel == "telegram" else person.say("1"))
    await person.say("other")
    assert "1/4" in person.heard
    assert await codes(person) == set()
    assert await counted(own_world) == [0, 0, 0, 0]
    assert (await own_world.results("round")).ballots == 0
    await person.say("round")
    await person.say("2")
    assert VOICE("echo", said=named(1, 2)) in person.heard  # nothing was lost
    assert await counted(own_world) == [1, 1, 0, 0]
    for _ in range(2):
        await person.say("passer")
    receipt = RECEIPT.search(person.heard)
    assert receipt is not None
    await own_world.close("round")
    # On Telegram the thanks were still on their way.
    await after_closing.clean(own_world.db, now=own_world.now.later(minutes=3))
    listed = (await own_world.http.get("/consultations/round/receipts.txt")).text
    assert f"{receipt.group()} 1:1,2" in listed


@channels
async def test_at_closing_half_an_answer_is_gone_and_is_nobodys_vote(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several", least=2))
    person = await voter(own_world, channel)
    await (person.tap(key_of(person, 1)) if channel == "telegram" else person.say("1"))
    assert await rows(own_world, PartialAnswer) == 1
    await own_world.close("round")
    assert (await rows(own_world, PartialAnswer), await rows(own_world, Ballot)) == (0, 0)
    assert await counted(own_world) == [0, 0, 0, 0, 0, 0]


async def test_ticks_taken_back_at_once_leave_no_ballot(own_world: World) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, "telegram")
    key = key_of(person, 1)
    await person.tap(key)
    assert await counted(own_world) == [1, 0, 0, 0, 0, 0]
    await person.tap(key)
    assert await codes(person) == set()
    await person.say("valider")
    assert person.heard.startswith(VOICE("rule.none"))
    assert "texte option 1" in [choice.label for choice in person.choices]


@channels
async def test_done_with_nothing_chosen_says_so_and_shows_the_options(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("ranking"))
    person = await voter(own_world, channel)
    await person.say("valider")
    assert person.heard.startswith(VOICE("rule.none"))
    assert len([choice for choice in person.choices if not choice.action]) == 6


@channels
async def test_who_skips_everything_has_not_voted(own_world: World, channel: str) -> None:
    await own_world.open(vote("several"))
    person = await voter(own_world, channel)
    for text in ("plan", "1", "oui", "4", "une route", "round", "passer"):
        await person.say(text)
    assert person.heard.startswith(VOICE("done.empty"))
    await person.say("changer")
    assert VOICE("change.intro") in person.heard  # in the only vote they took part in
    assert "1/4" in person.heard
    await person.say("round")
    assert VOICE("change.voted") not in person.heard
    await person.say("passer")
    await person.say("vote")
    assert VOICE("change.voted") not in person.heard
    assert "texte several" in person.heard
    await person.say("2")
    assert VOICE("done", receipt=RECEIPT.search(person.heard).group()) in person.heard  # type: ignore[union-attr]
    await person.say("changer")
    assert VOICE("change.which") in person.heard


@channels
async def test_who_skips_all_of_several_questions_is_asked_them_again(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    for _ in range(4):
        await person.say("passer")
    assert person.heard.startswith(VOICE("done.empty"))
    assert "go:votes" in [choice.key for choice in person.choices]
    assert await ballots_of(own_world, channel, person.address) == []
    await person.say("retour")
    assert "4/4" in person.heard
    await person.say("une route")
    receipt = RECEIPT.search(person.heard)
    assert receipt is not None
    assert person.heard.startswith(VOICE("done", receipt=receipt.group()))
    await person.say("vote")
    assert VOICE("change.intro") in person.heard


@channels
@pytest.mark.parametrize("text", ["3", "٣", "trois", "CHANGER"])
async def test_after_the_closing_they_hear_that_it_is_over_and_how_to_check(
    own_world: World, channel: str, text: str
) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("1 2")
    await own_world.close("round")
    await person.say(text)
    assert person.heard == VOICE("closed.check")
    await person.say("menu")
    await person.say("retour")
    await person.say(text)
    assert person.heard == VOICE("closed.check")
    own_world.now.advance(days=40)
    await person.say(text)
    assert VOICE("closed.check") not in person.heard


@channels
async def test_who_did_not_vote_hears_nothing_of_a_vote_that_is_over(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("passer")
    await own_world.close("round")
    for text in ("3", "changer"):
        await person.say(text)
        assert VOICE("closed.check") not in person.heard


@channels
async def test_a_yes_or_a_no_answers_one_more_choice_after_the_end(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several", most=4))
    person = await voter(own_world, channel)
    for text in ("1", "2"):
        await person.say(text)
    assert VOICE("more.ask") in person.heard
    await person.say("oui")
    assert len([choice for choice in person.choices if not choice.action]) == 6
    assert [label.removeprefix("texte ") for label in ticked(person)] == ["option 1", "option 2"]
    await person.say("5")
    assert VOICE("echo", said=named(1, 2, 5)) in person.heard
    await person.say("non")
    assert RECEIPT.search(person.heard)
    assert await only_ballot(person) == {1: ["1", "2", "5"]}
    await person.say("6")
    assert VOICE("more.ask") not in person.heard  # four is the maximum
    assert await only_ballot(person) == {1: ["1", "2", "5", "6"]}


@channels
async def test_a_no_to_one_more_choice_after_the_end_is_done(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    for text in ("1", "2", "non"):
        await person.say(text)
    assert person.heard == VOICE("polite")
    assert await only_ballot(person) == {1: ["1", "2"]}
    await person.say("non")
    assert VOICE("polite") not in person.heard  # asked only once


@channels
async def test_a_yes_to_one_more_choice_amid_a_vote_shows_the_list(own_world: World, channel: str) -> None:
    asked = [question("several", options=4, most=3), question("yes_no")]
    await open_only(own_world, {"code": "pair", "title": words("pair"), "questions": asked})
    person = await voter(own_world, channel)
    for text in ("1", "oui"):
        await person.say(text)
    assert "1/2" in person.heard
    await person.say("3")
    await person.say("non")
    assert await only_ballot(person) == {1: ["1", "3"]}
