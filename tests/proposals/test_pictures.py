"""The picture of a proposal: what is accepted, who sees it, and how Telegram turns cards with and without one."""

from __future__ import annotations

import struct
import zlib

import pytest
from sqlalchemy import update

from api.errors import Invalid
from api.i18n import LANGUAGES
from api.proposals.models import Picture
from api.proposals.pictures import LARGEST, check
from bot.pictures import CAPTION
from tests.api.office import call
from tests.commitments.plans import CODE, add_plan
from tests.journeys.test_rounds import RECEIPT, labels, press
from tests.people import TelegramPerson, joined
from tests.proposals.office import get, post, published
from tests.world import World


def png(width: int = 8, height: int = 6, *, more: int = 0) -> bytes:
    """Return a grey picture with `more` padding bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    padding = chunk(b"prVt", bytes(more)) if more else b""
    return b"\x89PNG\r\n\x1a\n" + head + padding + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 6) -> bytes:
    """Return the segments of a picture without its pixels."""
    begins = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    size = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
    return begins + size + b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0" + b"\0\0\xff\xd9"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(png(), "image/png"), (jpeg(), "image/jpeg"), (png(4000, 6000), "image/png"), (png(20, 1), "image/png")],
)
def test_the_media_type_follows_from_the_content(content: bytes, kind: str) -> None:
    assert check(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff\xd9", png()[:40], png()[:-8], jpeg()[:-2], jpeg()[:30], png(0, 4),
        jpeg(0, 4), png(5001, 5000), png(21, 1), png(more=LARGEST), b"\xff\xd8" + b"\xff\xe0\0\0" * 9 + b"\xff\xd9",
    ],
    ids=range(14),
)  # fmt: skip
def test_what_telegram_would_not_show_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        check(content)


async def upload(world: World, code: str, content: bytes, status: int = 200) -> None:
    answer = await call(world, "PUT", f"/v1/proposals/{code}/picture", content=content)
    assert answer.status_code == status, answer.text


async def test_staff_upload_see_and_delete_a_picture(world: World) -> None:
    await published(world, "pictured")
    assert (await get(world, "proposals/pictured"))["picture"] is None
    large = png(more=LARGEST - 1000)
    for content in (jpeg(), large):
        await upload(world, "pictured", content)
        answer = await call(world, "GET", "/v1/proposals/pictured/picture")
        assert answer.content == content
    assert answer.headers["Content-Type"] == (await get(world, "proposals/pictured"))["picture"] == "image/png"
    await upload(world, "pictured", b"%PDF-1.7", 422)
    await upload(world, "nothing", png(), 404)
    await upload(world, "pictured", png(more=LARGEST), 413)
    for status in (200, 404):
        deleted = await call(world, "DELETE", "/v1/proposals/pictured/picture")
        assert deleted.status_code == status
    assert (await call(world, "GET", "/v1/proposals/pictured/picture")).status_code == 404
    steps = [each["step"] for each in (await get(world, "proposals/pictured"))["steps"]]
    assert steps == ["create", "publish", "picture", "picture", "unpicture"]


async def round_of(world: World, kind: str) -> None:
    """Open a round of three proposals, the first and the last with a picture, and close everything else."""
    numbers = await published(world, "one", "two", "three")
    await upload(world, "one", png())
    await upload(world, "three", jpeg())
    await call(world, "POST", "/v1/consultations/plan/close")
    order = {"code": "round", "proposals": numbers, "kind": kind}
    assert (await call(world, "POST", "/v1/rounds", json=order)).status_code == 201
    await call(world, "POST", "/v1/consultations/round/open")


def picture(person: TelegramPerson) -> bytes | None:
    """Return the picture of the newest message."""
    photo = person.user.last.photo
    return person.network.bot.photos[photo] if photo is not None else None


async def test_cards_show_it_and_the_list_does_not(own_world: World) -> None:
    await round_of(own_world, "approve")
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    messages, card = person.count, person.user.last.message_id
    await press(person, "Détail")
    assert (picture(person), person.heard.split("\n")[0]) == (png(), "1/3 texte one")
    assert person.user.last.message_id == card  # the message itself was edited
    await press(person, "Choisir")
    assert (picture(person), labels(person)[0]) == (png(), "✓ Choisir")
    await press(person, "▶")
    assert (picture(person), person.heard.split("\n")[0]) == (None, "2/3 texte two")
    await press(person, "▶")
    await press(person, "▶")
    assert (picture(person), labels(person)[0]) == (png(), "✓ Choisir")
    assert len(person.network.bot.photos) == 2  # each was uploaded once
    await press(person, "Liste")
    assert picture(person) is None
    assert [label.startswith("✓ ") for label in labels(person)[:3]] == [True, False, False]
    assert person.count == messages  # there is always exactly one
    await person.way("done")
    assert RECEIPT.search(person.heard)
    assert own_world.network.alerts == []


async def test_a_statement_follows_one_with_a_picture(own_world: World) -> None:
    await round_of(own_world, "statements")
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    for place in (1, 2, 3):
        assert f"{place}/3 texte" in person.heard
        assert picture(person) is None
        pictured = "texte two" not in person.heard
        await press(person, "Détail")
        assert (picture(person) is not None) == pictured
        await person.pick(1)
    assert RECEIPT.search(person.heard)


async def test_a_proposal_is_shown_with_it_on_telegram_and_by_sms_without(own_world: World) -> None:
    (number,) = await published(own_world, "one")
    await upload(own_world, "one", png())
    await call(own_world, "POST", "/v1/consultations/plan/close")
    for channel in ("telegram", "sms"):
        person = await joined(own_world, channel, "fr")
        await person.say(f"proposition {number}")
        assert "texte one" in person.heard
        if isinstance(person, TelegramPerson):
            assert picture(person) == png()


async def test_a_text_too_long_for_a_caption_comes_before_the_picture(own_world: World) -> None:
    await add_plan(own_world)
    long = dict.fromkeys(LANGUAGES, "x" * 60)
    (number,) = await published(own_world, "one", title=long, text=dict.fromkeys(LANGUAGES, "y" * 600))
    await post(own_world, "proposals/one/answer", words=dict.fromkeys(LANGUAGES, "z" * 200))
    await committed(own_world)
    await upload(own_world, "one", png())
    await call(own_world, "POST", "/v1/consultations/plan/close")
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await person.say(f"proposition {number}")
    text, photo = person.user.messages[-2:]
    assert len(text.text) > CAPTION
    assert (text.photo, photo.text, picture(person)) == (None, "", png())


async def committed(world: World) -> None:
    """Let the proposal enter a commitment with the longest title that is shown."""
    body = {"number": 9, "title": dict.fromkeys(LANGUAGES, "t" * 100)}
    await call(world, "PUT", f"/v1/plans/{CODE}/commitments", json=body)
    await post(world, "proposals/one/commit", plan=CODE, number=9)


async def test_a_picture_that_telegram_does_not_take_is_left_out(own_world: World) -> None:
    await round_of(own_world, "approve")
    async with own_world.db.transaction() as session:
        await session.execute(update(Picture).values(content=b"what passed every check of ours"))
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await press(person, "Détail")
    assert (picture(person), person.heard.split("\n")[0]) == (None, "1/3 texte one")
    number = (await get(own_world, "proposals/one"))["number"]
    await person.say(f"proposition {number}")
    assert (picture(person), "texte one" in person.heard) == (None, True)
