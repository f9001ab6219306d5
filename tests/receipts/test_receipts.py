"""A receipt, checked by SMS, on Telegram and on a page: counted while it is open, with its choices afterwards."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from api.consultations import drafts
from api.consultations import service as consultations
from api.consultations.ballots import anonymise
from api.consultations.models import Publication
from api.consultations.schemas import ConsultationIn
from api.public.lists import Lists
from tests.ballots import stuff
from tests.consultations import every_kind, main_consultation
from tests.journeys.test_statements import counting
from tests.linking.acts import vote_to_the_end
from tests.people import FIRST, PEOPLE, joined
from tests.world import World

WORDS = {"ar": "تحقق", "fr": "Vérifier", "zgh": "rmu"}
channels = pytest.mark.parametrize("channel", PEOPLE)
languages = pytest.mark.parametrize("language", FIRST)


def title(language: str) -> str:
    return str(main_consultation()["title"][language])


@channels
@languages
@pytest.mark.parametrize("bare", [True, False])
async def test_it_says_counted_and_nothing_of_the_choice(world: World, channel: str, language: str, bare: bool) -> None:
    receipt = await vote_to_the_end(await joined(world, channel, language), 2)
    other = await joined(world, channel, language)
    await other.say(receipt.lower() if bare else f"{WORDS[language]} {receipt}")
    text = other.words("receipt.counted", receipt=receipt, title=title(language))
    assert text in other.heard
    assert "option 2" not in other.heard.replace(text, "").split("1/4")[0]
    assert "1/4" in other.heard  # the consultation continues


@channels
@languages
async def test_once_closed_it_shows_the_choices(own_world: World, channel: str, language: str) -> None:
    person = await joined(own_world, channel, language)
    receipt = await vote_to_the_end(person, 2)
    await own_world.close("plan")
    await person.say(f"{WORDS[language]} {receipt}")
    head = person.words("receipt.published", receipt=receipt, title=title(language))
    option = person.words("word.yes")
    label = {"ar": "نص option 2", "fr": "texte option 2", "zgh": "ⴰⴹⵕⵉⵚ option 2"}[language]
    assert head in person.heard
    lines = person.heard.split(head)[1].split("\n")[1:5]
    shown = [line.split(". ", 1)[1] for line in lines]
    assert shown[1:] == [option, "4", person.words("receipt.own")]
    assert shown[0] == label or "option 2" in shown[0]
    assert "une route" not in person.heard


@channels
async def test_no_receipt_of_anybody_is_said_to_be_none(world: World, channel: str) -> None:
    person = await joined(world, channel, "fr")
    await person.say("VERIFIER ABCD2345")
    assert person.words("receipt.unknown") in person.heard
    await person.say("verifier")
    assert person.words("receipt.how") in person.heard


@channels
async def test_within_a_text_of_their_own_a_receipt_is_text(world: World, channel: str) -> None:
    receipt = await vote_to_the_end(await joined(world, channel, "fr"), 1)
    person = await joined(world, channel, "fr")
    for choice in (1, 1, 4):
        await person.pick(choice)
    await person.say(receipt)
    assert person.words("receipt.counted", receipt=receipt, title=title("fr")) not in person.heard
    assert "compté" in person.heard  # it was their answer, and they are done


async def test_the_page_says_the_same_in_every_language(own_world: World) -> None:
    receipt = await vote_to_the_end(await joined(own_world, "sms", "fr"), 2)
    for tag in ("ar", "fr", "zgh", "zgh-Latn"):
        language, latin = tag.partition("-")[0], tag != tag.partition("-")[0]
        voice = own_world.service.dialogue.context.catalogs.voice(language, latin=latin)
        page = await own_world.http.get("/receipts", params={"lang": tag, "receipt": receipt})
        assert page.status_code == 200
        assert f'<html lang="{tag}"' in page.text
        assert f'href="?lang={tag}"' in page.text
        assert voice("receipt.counted", receipt=receipt, title=voice.write(title(language))) in page.text
        assert "option 2" not in page.text
    await own_world.close("plan")
    page = await own_world.http.get("/receipts", params={"receipt": f" {receipt[:4]}-{receipt[4:]} "})
    assert "option 2" in page.text
    assert 'lang="ar" dir="rtl"' in page.text


@pytest.mark.parametrize(
    ("browser", "tag"),
    [
        ("rif-MA,fr;q=0.8", "zgh"), ("fr-MA;q=0.9,ar", "fr"), ("ar-MA", "ar"), ("", "ar"), ("*", "ar"),
        ("en", "fr"), ("en-GB,en;q=0.9", "fr"), ("es-ES,es;q=0.9", "fr"), ("en-US,en;q=0.9,ar;q=0.8", "ar"),
        ("en,fr;q=0,zgh;q=0.1", "zgh"), ("de", "fr"),
    ],
)  # fmt: skip
async def test_a_browser_is_spoken_to_in_its_language(world: World, browser: str, tag: str) -> None:
    page = await world.http.get("/receipts", headers={"Accept-Language": browser})
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}">' in page.text


@pytest.mark.parametrize(
    "path", ["/receipts", "/receipts?receipt=%3Cscript%3Ealert(1)%3C/script%3E", "/consultations/plan/receipts"]
)
async def test_the_pages_let_nothing_in(world: World, path: str) -> None:
    page = await world.http.get(path, headers={"Accept-Language": "fr"})
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert 'lang="fr" dir="ltr"' in page.text


async def test_the_style_sheet_is_there(world: World) -> None:
    sheet = await world.http.get("/public.css")
    assert sheet.headers["Content-Type"].startswith("text/css")


async def test_a_draft_is_nobodys_business(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        draft = ConsultationIn.model_validate({**main_consultation(), "code": "draft"})
        await drafts.create(session, draft, who="amina", now=quiet_world.now())
    for path in ("draft/receipts", "draft/receipts.txt", "nothing/receipts", "plan/receipts.txt"):
        assert (await quiet_world.http.get(f"/consultations/{path}")).status_code == 404


async def test_what_is_published_is_the_list_its_hash_is_of(own_world: World) -> None:
    receipts = {
        place: await vote_to_the_end(await joined(own_world, channel, "fr"), place)
        for place, channel in ((1, "sms"), (3, "telegram"))
    }
    assert (await own_world.http.get("/consultations/plan/receipts.txt")).status_code == 404
    await own_world.close("plan")
    text = (await own_world.http.get("/consultations/plan/receipts.txt")).text
    lines = sorted(f"{receipt} 1:{place} 2:yes 3:4 4:*" for place, receipt in receipts.items())
    assert text == "".join(f"{line}\n" for line in ("sawt-receipts 1 plan 2", *lines))
    async with own_world.db.transaction() as session:
        published = (await session.scalars(select(Publication))).one()
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert (published.digest, published.ballots) == (digest, 2)
    page = (await own_world.http.get("/consultations/plan/receipts", params={"lang": "fr"})).text
    assert digest in page
    assert all(line in page for line in lines)


async def test_every_kind_of_answer_has_its_form(own_world: World) -> None:
    await own_world.open(every_kind())
    person = await joined(own_world, "sms", "fr")
    for word in ("2", "non", "3", "2 4", "3 1", "2"):  # choose the second consultation, then answer its five questions
        await person.say(word)
    await own_world.close("kinds")
    text = (await own_world.http.get("/consultations/kinds/receipts.txt")).text
    [line] = text.splitlines()[1:]
    assert line.split(" ", 1)[1] == "1:no 2:3 3:2,4 4:3,1 5:01.573"


async def test_closing_publishes_or_does_not_close(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: if publishing fails, the consultation stays open and keeps its secret."""
    await vote_to_the_end(await joined(own_world, "sms", "fr"), 1)

    async def fails(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(anonymise, "rewrite", fails)
    with pytest.raises(RuntimeError):
        await own_world.close("plan")
    async with own_world.db.transaction() as session:
        consultation = await consultations.get(session, "plan")
        assert (consultation.state, consultation.secret is not None) == ("open", True)
        assert (await session.scalars(select(Publication))).all() == []


async def test_a_list_is_read_once_however_often_it_is_asked_for(quiet_world: World) -> None:
    await stuff(quiet_world, [("01.571", "sms", False, (0, 1))] * 3)
    await quiet_world.close("plan")
    lists, read = Lists(clock=lambda: 0.0), []
    for _ in range(2):
        async with quiet_world.db.transaction() as session:
            consultation = await consultations.get(session, "plan")
            with counting(quiet_world) as statements:
                read.append(await lists.get(session, consultation))
    assert len(statements) == 1, statements  # reads the publication
    assert read[0].text == read[1].text
    assert hashlib.sha256(read[1].text.encode()).hexdigest() == read[1].publication.digest
