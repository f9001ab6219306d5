"""A published list explains itself: what its numbers mean, the totals, and how to verify it."""

from __future__ import annotations

import hashlib
import re
from html import unescape

import pytest

from tests.ballots import stuff
from tests.consultations import main_consultation, question, vote, words
from tests.direct import DirectPerson
from tests.public.reading import voice_of
from tests.world import World


def rows(page: str) -> list[tuple[str, str, str]]:
    """The rows of all tables: a sign, its meaning, its total."""
    cells = re.findall(r'<tr><td><code dir="ltr">(.*?)</code></td><th scope="row">(.*?)</th><td>(.*?)</td></tr>', page)
    return [(unescape(sign), unescape(name), unescape(total)) for sign, name, total in cells]


async def published(world: World, code: str, tag: str = "fr") -> str:
    """The page of a list."""
    page = await world.http.get(f"/consultations/{code}/receipts", params={"lang": tag})
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize("tag", ["ar", "fr", "zgh", "zgh-Latn"])
async def test_options_have_their_names_and_totals(quiet_world: World, tag: str) -> None:
    choices = [(0, 1), (0, 0), (2, 0)]
    await stuff(quiet_world, [("01.571", "sms", False, chosen) for chosen in choices])
    await quiet_world.close("plan")
    page, voice = await published(quiet_world, "plan", tag), voice_of(quiet_world, tag)
    options = [voice.pick(words(f"option {place}")) for place in (1, 2, 3)]
    assert rows(page)[:5] == [
        ("1", options[0], "2"),
        ("2", options[1], "0"),
        ("3", options[2], "1"),
        ("yes", voice("word.yes"), "2"),
        ("no", voice("word.no"), "1"),
    ]
    assert [sign for sign, _, _ in rows(page)[5:]] == ["1", "2", "3", "4", "5", "*"]
    for expected in (
        voice("page.ballots", count=3),
        f"1. {voice.pick(words('single'))}",
        voice("page.find"),
        voice("page.compare"),
        voice("page.replaced", word="replaced"),
    ):
        assert expected in unescape(page)
    text = (await quiet_world.http.get("/consultations/plan/receipts.txt")).content
    assert hashlib.sha256(text).hexdigest() in page
    assert text.startswith(b"sawt-receipts 1 plan 3\n")


async def test_points_and_stances_have_their_totals(quiet_world: World) -> None:
    for code, kind, rules, answer in (("p", "points", {"total": 5}, "A3 B2"), ("s", "statements", {}, "oui")):
        await quiet_world.open({**vote(kind, options=2, **rules), "code": f"{code}-vote"})
        person = DirectPerson.new(quiet_world, "sms")
        for word in (f"{code}-vote", "français", "oui", "passer", f"{code}-vote", answer, "oui"):
            await person.say(word)
        await quiet_world.close(f"{code}-vote")
    assert rows(await published(quiet_world, "p-vote")) == [("1", "texte option 1", "3"), ("2", "texte option 2", "2")]
    stances = rows(await published(quiet_world, "s-vote"))
    assert stances == [
        ("1", "texte option 1", "D'accord : 1 ; Pas d'accord : 0 ; Sans avis : 0"),
        ("2", "texte option 2", "D'accord : 1 ; Pas d'accord : 0 ; Sans avis : 0"),
    ]
    arabic = rows(await published(quiet_world, "s-vote", "ar"))[0][2]
    assert arabic == "موافق: 1؛ غير موافق: 0؛ بلا رأي: 0"


async def test_numbers_and_provinces_are_those_of_the_list(quiet_world: World) -> None:
    questions = [question("number", low=0, high=120), question("place")]
    await quiet_world.open({**main_consultation(), "code": "more", "title": words("more"), "questions": questions})
    person = DirectPerson.new(quiet_world, "sms")
    for word in ("more", "français", "oui", "passer", "more", "12", "2"):
        await person.say(word)
    await quiet_world.close("more")
    table = rows(await published(quiet_world, "more"))
    text = (await quiet_world.http.get("/consultations/more/receipts.txt")).text
    code = text.split()[-1].partition(":")[2]
    assert table[0] == ("12", "12", "1")
    assert [total for sign, _, total in table if sign == code] == ["1"]
    assert len(table) == 1 + 8
