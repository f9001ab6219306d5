"""An approver is someone else, even if a name only looks like another; names hide nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api import actors
from api.errors import Invalid
from sawt.cli.cli_input import _actor
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make, take
from tests.world import World

ALIKE = (
    "Аmina", "amіna", "aminα", "amina\u3164", "am\u115fina", "a\u034fmina", "ａｍｉｎａ", "Am1na", "AMlNA", "Arnina",
    "amina\u2800", "ᴀᴍɪɴᴀ", "ꓮmina", "ⲁmina", "ɑᴍina", "ꭺmina", "a.m.i.n.a", "𝐚mina",
)  # fmt: skip
SEEN = ("amína", "ami\u0301na", "نورة", "نَُورة", "سه\u200cتار", "ⴼⴰⵟⵉⵎⴰ", "O'Brien-2", "क्\u200dष")
HIDDEN = (
    "am\x00ina",
    "am\x1b[31mina",
    "a\nb",
    "\u202eanima",
    "\u200b",
    "\u3164",
    "...",
    "amina\u3164",
    "am\u2800ina",
    "a\u034fmina",
    "am\u17b4ina",
    "amina\ufe0f",
    "amina\u200d",
    "amina\u200c",
    "نو\u200c\u200cرة",
    "نور\u200cة",
    "a\u200dmina",
    "am\u0301\u0301\u0301ina",
    "\u0301amina",
    "am\ue000ina",
    "am\U000e0061ina",
    "am\u0378ina",
    "am\xadina",
    "am\u115fina",
    "amina \u0301",
)


@pytest.mark.parametrize("name", ALIKE)
def test_a_name_that_looks_like_another_is_the_same(name: str) -> None:
    assert actors.same("amina", name)


@pytest.mark.parametrize("pair", [("زهراء", "زہراء"), ("زهراء", "زھراء"), ("كريم", "ڪريم")])
def test_so_is_one_in_letters_of_a_neighbour(pair: tuple[str, str]) -> None:
    assert actors.same(*pair)


@pytest.mark.parametrize("name", SEEN)
def test_a_name_that_hides_nothing_is_taken(name: str) -> None:
    assert actors.readable(name) == name


@pytest.mark.parametrize(
    "pair", [("amina", "imane"), ("ali", "alae"), ("نورة", "نور"), ("idir", "nadir"), ("a1", "a2")]
)
def test_other_names_stay_others(pair: tuple[str, str]) -> None:
    assert not actors.same(*pair)


async def test_an_author_does_not_approve_under_a_name_that_looks_alike(desk: World) -> None:
    for _ in range(2):
        await resident(desk)
    await call(desk, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit")
    for name in ("Аmina", "AMlNA"):
        assert (await call(desk, "POST", f"/v1/campaigns/{campaign}/approve", who=name)).status_code == 403
    assert (await call(desk, "POST", f"/v1/campaigns/{campaign}/approve", who="نورة")).status_code == 200


@pytest.mark.parametrize("name", HIDDEN)
async def test_a_name_hides_nothing(desk: World, name: str) -> None:
    assert (await call(desk, "POST", "/v1/campaigns", json=NEWS, who=name)).status_code == 422
    with pytest.raises(Invalid):
        _actor(name)


@pytest.mark.parametrize("name", [*actors.RESERVED, "Clock", " c1ock ", "сlосk", "Sawt-Demo", "first  start"])
async def test_nobody_acts_under_a_name_of_the_service(desk: World, name: str) -> None:
    answer = await call(desk, "POST", "/v1/campaigns", json=NEWS, who=name)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["faults"]] == ["header.X-Actor"]
    assert "reserved for the service" in answer.json()["detail"]
    with pytest.raises(Invalid, match="reserved for the service"):
        _actor(name)


def test_all_names_of_the_service_stand_in_one_place() -> None:
    """The actors the product writes are constants of `api/actors.py`."""
    written = re.compile(r"""\bwho\s*=\s*f?["']|\b_?(WHO|AUTHOR)\s*=\s*["'][a-z ]+["']""")
    files = [each for part in ("api", "sawt", "bot", "sms") for each in Path(part).rglob("*.py")]
    assert len(files) > 300
    assert [str(each) for each in files if written.search(each.read_text(encoding="utf-8"))] == []
