"""A receipt is recognised in the digits of any script, and with invisible characters that were copied along."""

from __future__ import annotations

import pytest

from api.consultations.receipts.spotting import tidy
from api.outbox.write.replies import QueuedReply
from tests.direct import DirectPerson
from tests.journeys.test_main_job import RECEIPT
from tests.world import World

ARABIC, PERSIAN = ("".join(chr(zero + digit) for digit in range(10)) for zero in (0x660, 0x6F0))


@pytest.mark.parametrize(
    ("typed", "receipt"),
    [
        ("M447SX8٩", "M447SX89"),
        ("m۴٤7sx8۹", "M447SX89"),
        ("\u2068M447SX89\u2069", "M447SX89"),
        ("\u200fM447-SX89\u200e", "M447SX89"),
        ("M447\u202fSX\u201189", "M447SX89"),
        ("M447SX8", None),
        ("M447SX8٠", None),  # no receipt has a zero
        ("", None),
    ],
)
def test_what_was_written_is_tidied(typed: str, receipt: str | None) -> None:
    assert tidy(typed) == receipt


def _text(replies: list[QueuedReply]) -> str:
    return "\n".join(each.reply.text for each in replies)


@pytest.mark.parametrize("digits", [ARABIC, PERSIAN], ids=["arabic", "persian"])
async def test_it_is_checked_by_sms_and_on_the_page(quiet_world: World, digits: str) -> None:
    person = DirectPerson.new(quiet_world, "sms")
    for word in ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "français", "oui", "passer", "2", "oui", "4", "rien"):
        reply = _text(await person.say(word))
    match = RECEIPT.search(reply)
    assert match
    in_script = match.group().translate(str.maketrans("0123456789", digits))
    for message in (f"تحقق {in_script}", in_script):
        assert f"{match.group()} : vote compté" in _text(await person.say(message)), message
    page = await quiet_world.http.get("/receipts", params={"lang": "fr", "receipt": in_script})
    assert f"{match.group()} : vote compté" in page.text
