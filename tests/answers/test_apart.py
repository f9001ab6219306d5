"""After closing, texts stand on their own: no order, time or row leads from one to a person or a choice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, select, text

from api.consultations.models import Answer, Ballot, Question
from api.consultations.words.own_words import OwnWords, OwnWordsTag
from api.db import Base, Moment, dialect, table_of
from api.results import service as results
from tests.answers.talk import CODE, PATH, answered, asking, closed_with, crowd, listed, texts_of
from tests.api.office import CONSULTATIONS, call, rows
from tests.world import World, quiet

TEXTS = [f"une fontaine au douar {place}" for place in range(24)]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[World]:
    """A world with the default smallest count."""
    async with quiet(database_url, smallest_count=10) as world:
        yield world


async def test_the_order_is_of_chance_and_stays(office: World) -> None:
    """Two unrelated orders of 24 texts agree in one or two places, and never in eight by chance."""
    await closed_with(office, TEXTS)
    texts = await texts_of(office, limit=5)
    assert sorted(texts) == sorted(TEXTS)
    async with office.db.transaction() as session:
        place = "ctid" if dialect(session) == "postgresql" else "rowid"
        stored = list(await session.scalars(text(f"SELECT text FROM own_words ORDER BY {place}")))
        by_id = list(await session.scalars(select(OwnWords.text).order_by(OwnWords.id)))
    for order in (texts, stored, by_id, texts[::-1]):
        assert sum(one == other for one, other in zip(order, TEXTS, strict=True)) < 8
        follow = sum(TEXTS.index(after) == TEXTS.index(before) + 1 for before, after in pairwise(order))
        assert follow < 8
    assert await texts_of(office, limit=7) == texts


async def test_no_text_is_left_at_a_ballot_or_anywhere_else(office: World) -> None:
    await closed_with(office, TEXTS)
    tables = await rows(office)
    with_texts = {name for name, content in tables.items() if any(each in content for each in TEXTS)}
    assert with_texts == {"own_words"}
    async with office.db.transaction() as session:
        of_texts = select(Answer.value).join(Question, Question.id == Answer.question_id).where(Question.kind == "text")
        assert set(await session.scalars(of_texts)) == {"*"}


async def test_no_row_of_a_text_has_a_moment_or_leads_to_a_ballot_or_a_person(office: World) -> None:
    words = table_of(OwnWords)
    assert {column.name for column in words.c} == {"id", "question_id", "text", "key", "flags"}
    assert [column for column in words.c if isinstance(column.type, Date | DateTime | Moment)] == []
    assert {key.column.table.name for key in words.foreign_keys} == {"questions"}
    assert {key.column.table.name for key in table_of(OwnWordsTag).foreign_keys} == {"own_words"}
    leading = {
        table.name for table in Base.metadata.sorted_tables for key in table.foreign_keys if key.column.table is words
    }
    assert leading == {"own_words_tags"}


async def test_nothing_is_told_beside_a_text(office: World) -> None:
    await closed_with(office, TEXTS)
    async with office.db.transaction() as session:
        receipts = list(await session.scalars(select(Ballot.receipt)))
    responses = (await call(office, "GET", PATH)).text + (await call(office, "GET", f"{PATH}.csv")).text
    assert [each for each in receipts if each in responses] == []
    day = office.now().date().isoformat()
    assert {tuple(each) for each in await listed(office)} == {
        ("number", "question", "text", "flags", "tags", "closed_on")
    }
    assert {each["closed_on"] for each in await listed(office)} == {day}


@pytest.mark.parametrize("receipts", ["checked", "counted"])
async def test_few_who_wrote_are_named_by_no_list(office: World, receipts: str) -> None:
    """A text may name its author: if it belonged to one of three receipts in the list, so would the choices."""
    few: list[str | None] = [*TEXTS[:3], *[None] * 9]
    await closed_with(office, few, receipts=receipts)
    assert sorted(await texts_of(office)) == TEXTS[:3]
    published = (await office.http.get(f"/consultations/{CODE}/receipts.txt")).text
    assert "2:*" not in published
    assert ("2 * 3\n" in published) is (receipts == "counted")
    async with office.db.transaction() as session:
        counts = await results.results(session, CODE)
    assert (counts.shown, counts.ballots, counts.questions[1].values_given) == ("final", 12, 3)
    assert (await call(office, "GET", f"{CONSULTATIONS}/{CODE}/results")).status_code == 200


async def test_the_list_says_that_ten_wrote_and_fits_its_hash(office: World) -> None:
    await closed_with(office, [*TEXTS[:10], None, None])
    published = (await office.http.get(f"/consultations/{CODE}/receipts.txt")).text
    assert published.count("2:*") == 10
    async with office.db.transaction() as session:
        assert (await results.results(session, CODE)).questions[1].values_given == 10


async def test_of_too_few_voters_nothing_is_kept(office: World) -> None:
    await closed_with(office, TEXTS[:9])
    assert await listed(office) == []
    assert not any(TEXTS[0] in content for content in (await rows(office)).values())


async def test_nobody_reads_before_it_is_closed_and_published(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await crowd(office, 12)
    await office.open(asking())
    for person, sentence in zip(people, TEXTS, strict=False):
        await answered(office, person, "oui", sentence)
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", PATH, {}), ("GET", f"{PATH}.csv", {}), ("GET", f"{PATH}/tags", {}),
    ]  # fmt: skip
    for method, path, more in requests:
        answer = await call(office, method, path, **more)
        assert (answer.status_code, "fontaine" in answer.text) == (409, False)

    async def busy(*_: object, **__: object) -> bool:
        return False

    with monkeypatch.context() as patched:
        patched.setattr("api.background.after_closing._scrub", busy)
        await office.close(CODE)
    requests += [("GET", "/v1/answers/1", {}), ("POST", "/v1/answers/1/tag", {"json": {"tag": "eau"}})]
    for method, path, more in requests:
        answer = await call(office, method, path, **more)
        assert (answer.status_code, "fontaine" in answer.text) == (409, False), path
