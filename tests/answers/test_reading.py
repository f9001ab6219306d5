"""Staff read, search, tag and export answers in people's own words, with `sawt answers` and over /v1."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from api.audit import Act
from api.consultations.models import Publication
from api.text import spreadsheet
from tests.answers.talk import CODE, PATH, closed_with, listed, texts_of
from tests.api.office import call
from tests.terminal import Terminal
from tests.world import World

WELL, BUS, SCHOOL = "Réparer le puits", "الحافلة لا تأتي الى المدرسة", "Une école, tél 0612345678"
CELL, TIFINAGH = "=cmd|' /C calc'!A0", "ⴰⵎⴰⵏ ⴳ ⵓⵖⵔⵎ"
HOSTILE = "Fermer [/la] [red]route\x1b[31m\u202e"
TEXTS = (WELL, BUS, SCHOOL, CELL, TIFINAGH, HOSTILE)


@pytest.fixture
async def office(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose staff may read these texts, on a wide terminal."""
    await closed_with(quiet_world, TEXTS)
    monkeypatch.setenv("COLUMNS", "200")
    return quiet_world


async def number_of(world: World, text: str) -> int:
    """The number of the answer whose text starts like this."""
    return next(int(each["number"]) for each in await listed(world) if each["text"].startswith(text))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("puits", [WELL]), ("PUÏTS réparer", [WELL]), ("ecole", [SCHOOL]), ("المدرسه", [BUS]), ("حافلة", [BUS]),
        ("aman", [TIFINAGH]), ("ⴰⵎⴰⵏ", [TIFINAGH]), ("٠٦١٢٣", [SCHOOL]), ("100%", []), ("_", None), ("tram", []),
    ],
)  # fmt: skip
async def test_a_search_knows_every_spelling(office: World, search: str, expected: list[str] | None) -> None:
    if expected is None:
        assert (await call(office, "GET", PATH, params={"search": search})).status_code == 422
        return
    assert await texts_of(office, search=search) == expected


async def test_personal_data_is_flagged_as_in_ideas(office: World) -> None:
    assert {each["text"]: each["flags"] for each in await listed(office) if each["flags"]} == {SCHOOL: ["phone"]}
    assert await texts_of(office, flagged=True) == [SCHOOL]
    assert SCHOOL not in await texts_of(office, flagged=False)
    assert len(await texts_of(office, flagged=False)) == len(TEXTS) - 1


async def test_tags_are_put_listed_counted_and_taken_off_with_who_did(office: World, terminal: Terminal) -> None:
    well, bus = await number_of(office, WELL), await number_of(office, BUS)
    put = await terminal("answers", "tag", "Santé", str(well), str(bus))
    assert put.stderr == f"Tagged Santé: {well}, {bus}.\n"
    again = await call(office, "POST", f"/v1/answers/{well}/tag", json={"tag": "SANTE"}, who="idir")
    assert (again.status_code, again.json()["tags"]) == (200, ["Santé"])
    await call(office, "POST", f"/v1/answers/{well}/tag", json={"tag": "eau"}, who="idir")
    counted = (await call(office, "GET", f"{PATH}/tags")).json()["items"]
    assert counted == [{"tag": "Santé", "answers": 2}, {"tag": "eau", "answers": 1}]
    assert sorted(await texts_of(office, tag="sante")) == sorted([WELL, BUS])
    removed = await terminal("answers", "untag", "santé", str(well), who="idir")
    assert removed.stderr == f"No longer tagged santé: {well}.\n"
    assert await texts_of(office, tag="santé") == [BUS]
    assert (await call(office, "GET", f"/v1/answers/{well}")).json()["tags"] == ["eau"]
    async with office.db.transaction() as session:
        tagged = select(Act).where(Act.act.in_(("tag", "untag"))).order_by(Act.seq)
        acts = [(each.who, each.act, each.subject) for each in await session.scalars(tagged)]
    assert acts == [
        ("amina", "tag", f"answer {well} Santé"),
        ("amina", "tag", f"answer {bus} Santé"),
        ("idir", "tag", f"answer {well} eau"),
        ("idir", "untag", f"answer {well} Santé"),
    ]


@pytest.mark.parametrize("tag", ["", " ", "—", "👍" * 3 + "\x00", "x" * 21, "ﷺ" * 5])
async def test_what_is_no_tag_is_refused(office: World, terminal: Terminal, tag: str) -> None:
    number = await number_of(office, WELL)
    answer = await call(office, "POST", f"/v1/answers/{number}/tag", json={"tag": tag})
    assert answer.status_code == 422, answer.text
    assert "tag" in await terminal.refused("answers", "tag", "--", tag, str(number))
    assert (await call(office, "GET", f"{PATH}/tags")).json()["items"] == []


async def test_an_export_is_for_a_spreadsheet_and_in_the_order_of_the_list(
    office: World, terminal: Terminal, tmp_path: Path
) -> None:
    answer = await call(office, "GET", f"{PATH}.csv")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.text.startswith(spreadsheet.MARK)
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix(spreadsheet.MARK), newline=""), delimiter=";"))
    assert [spreadsheet.plain(each["text"]) for each in table] == await texts_of(office)
    assert f"'{CELL}" in {each["text"] for each in table}
    file = tmp_path / "answers.csv"
    written = await terminal("answers", "export", CODE, str(file))
    assert written.stderr == f"{len(TEXTS)} answers are written to {file}.\n"
    assert file.read_bytes() == answer.content
    again = ("answers", "export", CODE, str(file), "--search", "puits")
    assert await terminal.refused(*again) == f"{file} exists already: pass --overwrite to replace it"
    assert file.read_bytes() == answer.content
    assert (await terminal(*again, "--overwrite")).stderr == f"1 answer is written to {file}.\n"
    assert file.read_bytes().count(b"\r\n") == 2


async def test_a_long_export_is_whole(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (await call(office, "GET", f"{PATH}.csv")).text
    monkeypatch.setattr("api.answers.export._AT_ONCE", 2)
    assert (await call(office, "GET", f"{PATH}.csv")).text == whole


async def test_the_command_line_shows_texts_and_obeys_none(office: World, terminal: Terminal) -> None:
    output = (await terminal("answers", "list", CODE)).output
    assert r"Fermer [/la] [red]route\x1b[31m" in output
    assert not any(sign in output for sign in ("\x1b", "\u202e"))
    output = (await terminal("answers", "list", CODE, "--limit", "2", "--question", "2")).output
    cursor = output.rsplit("--after ", 1)[1].split()[0]
    rest = json.loads((await terminal("answers", "list", CODE, "--after", cursor, "--json")).stdout)
    assert rest == (await listed(office))[2:]
    one = json.loads((await terminal("answers", "show", str(rest[0]["number"]))).stdout)
    assert one == rest[0]
    await terminal("answers", "tag", "eau", str(one["number"]))
    assert json.loads((await terminal("answers", "tags", CODE, "--json")).stdout) == [{"tag": "eau", "answers": 1}]


async def test_what_is_wrong_is_said(office: World, terminal: Terminal) -> None:
    for words, expected in (
        (("list", "nowhere"), "there is no consultation nowhere"),
        (("list", "plan"), "plan is open"),
        (("export", "plan", "-"), "plan is open"),
        (("list", CODE, "--after", "x"), "cursor"),
        (("tag", "eau", "999"), "there is no answer 999"),
        (("tag", "eau", "99999999999999999999"), "there is no answer"),
        (("list", CODE, "--search", "!!"), "the search contains no word"),
    ):
        assert expected in await terminal.refused("answers", *words), words
    assert (await call(office, "GET", "/v1/answers/999")).status_code == 404
    assert (await call(office, "GET", PATH, params={"cursor": "x"})).status_code == 422
    assert await texts_of(office, question=1) == []


async def test_an_empty_list_says_why(office: World, terminal: Terminal) -> None:
    for words, why in (
        (("--question", "9"), f"{CODE} has no question 9"),
        (("--question", "1"), "question 1 does not ask for a text"),
        (("--search", "tram"), "nothing found"),
        (("--flagged", "--tag", "eau"), "nothing found"),
    ):
        result = await terminal("answers", "list", CODE, *words)
        assert (result.stdout, result.stderr) == ("", f"{why}\n")
        exported = (await terminal("answers", "export", CODE, "-", *words)).stderr
        assert exported == f"0 answers are written to standard output.\n{why}\n"
    result = await terminal("answers", "tags", CODE)
    assert (result.stdout, result.stderr) == ("", "none\n")


async def test_without_answers_a_list_says_so(quiet_world: World, terminal: Terminal) -> None:
    await closed_with(quiet_world, [None])
    assert (await terminal("answers", "list", CODE)).stderr == "nobody wrote an answer\n"


async def test_what_was_altered_is_shown_to_nobody(office: World) -> None:
    async with office.db.transaction() as session:
        for publication in await session.scalars(select(Publication)):
            publication.altered_at = office.now()
    assert (await call(office, "GET", PATH)).status_code == 503
