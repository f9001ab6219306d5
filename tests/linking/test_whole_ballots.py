"""When two devices are linked, an unfinished ballot never replaces a complete one, and they are told which counts."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.ballots import answers_of, ballots_of
from tests.linking.test_one_ballot import CHANNELS, Somebody, undo
from tests.world import World

VOICE = catalogs().voice("fr")
WHOLE = {2: ["yes"], 3: ["4"], 4: ["une route"]}


async def votes(somebody: Somebody, channel: str, option: int, *, to_the_end: bool) -> str:
    """Answer the first question, and the three others too if `to_the_end`; returns the receipt."""
    await somebody.vote(channel, option)
    for text in ("oui", "4", "une route") if to_the_end else ():
        await somebody.on[channel].say(text)
    [(_, ballot)] = await ballots_of(somebody.world, *somebody.address(channel))
    assert ballot.complete is to_the_end
    return ballot.receipt


@pytest.mark.parametrize("shown_on", CHANNELS)
@pytest.mark.parametrize("first_on", CHANNELS)
@pytest.mark.parametrize(
    ("earlier", "later", "counts"),
    [(True, False, "earlier"), (False, True, "later"), (True, True, "later"), (False, False, "later")],
)
async def test_a_complete_ballot_counts_before_an_unfinished_one(
    quiet_world: World, shown_on: str, first_on: str, earlier: bool, later: bool, counts: str
) -> None:
    somebody = Somebody(quiet_world)
    then_on = next(channel for channel in CHANNELS if channel != first_on)
    receipts = {
        "earlier": await votes(somebody, first_on, 1, to_the_end=earlier),
        "later": await votes(somebody, then_on, 2, to_the_end=later),
    }
    await somebody.link("code", shown_on)
    hand = somebody.on[shown_on]
    assert VOICE("receipt.counted", receipt=receipts[counts], title="texte plan") in hand.heard
    whole = WHOLE if (earlier if counts == "earlier" else later) else {}
    option = "1" if counts == "earlier" else "2"
    [(_, ballot)] = await ballots_of(quiet_world, *somebody.address("sms"))
    assert ballot.receipt == receipts.pop(counts)
    assert await answers_of(quiet_world, *somebody.address("sms")) == {1: [option], **whole}
    (other,) = receipts.values()
    await hand.say(f"verifier {other}")
    assert VOICE("receipt.replaced", receipt=other) in hand.heard


async def test_parted_again_the_unfinished_ballot_comes_back(quiet_world: World) -> None:
    somebody = Somebody(quiet_world)
    whole = await votes(somebody, "telegram", 1, to_the_end=True)
    begun = await votes(somebody, "sms", 2, to_the_end=False)
    await somebody.link("contact")
    assert VOICE("receipt.counted", receipt=whole, title="texte plan") in somebody.on["telegram"].heard
    await undo(quiet_world)
    for channel, receipt in (("telegram", whole), ("sms", begun)):
        [(_, ballot)] = await ballots_of(quiet_world, *somebody.address(channel))
        assert ballot.receipt == receipt


async def test_of_one_ballot_nothing_more_is_told(quiet_world: World) -> None:
    somebody = Somebody(quiet_world)
    receipt = await votes(somebody, "telegram", 1, to_the_end=True)
    await somebody.join("sms")
    await somebody.link("contact")
    assert receipt not in somebody.on["telegram"].heard
