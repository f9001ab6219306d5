"""A receipt in a text would lead to its writer's choices, so it is cut out before anybody reads the text."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from api.consultations.models import Ballot
from api.consultations.receipts import spotting
from tests.answers.talk import answered, asking, closed, crowd, listed
from tests.api.office import rows
from tests.world import World, quiet

SPELLED = (
    "mon code {0} et je veux une fontaine", "mon code {0:s}", "{1} est mon code", "reçu : {2}, merci", "le {3}été",
    "ab{0}cd",
)  # fmt: skip


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[World]:
    """A world with the default smallest count."""
    async with quiet(database_url, smallest_count=10) as world:
        yield world


async def test_a_receipt_leaves_its_text(office: World) -> None:
    people = await crowd(office, 12)
    await office.open(asking())
    for person in people:
        await answered(office, person, "oui", "une fontaine")
    async with office.db.transaction() as session:
        receipts = list(await session.scalars(select(Ballot.receipt)))
    for person, template, receipt in zip(people, SPELLED, receipts, strict=False):
        spelled = (receipt, receipt.lower(), "-".join(receipt), f"{receipt[:4]} {receipt[4:]}")
        await answered(office, person, "oui", template.format(*spelled))
    await closed(office)
    answers = await listed(office)
    flagged = [each["text"] for each in answers if each["flags"]]
    assert {"mon code … et je veux une fontaine", "… est mon code"} <= set(flagged), answers
    assert all(each["flags"] == ["receipt"] for each in answers if "…" in each["text"])
    tables = await rows(office)
    for receipt in receipts:
        assert not any(receipt in spotting.possible(each["text"]) for each in answers)
        assert receipt not in tables["own_words"]


@pytest.mark.parametrize(
    "text", ["le 24 mars, chercher de tables", "en 2026 des routes", "12345678", "une fontaine à l’école", "مدرسة"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert spotting.cut(text, ()) == text


@given(st.text(max_size=40) | st.text("ab4629EYPDé -٤аＥ", max_size=40))
def test_what_may_be_one_is_found_where_it_stands(text: str) -> None:
    spans = spotting.spans(text)
    assert {run for run, _, _ in spans} == set(spotting.possible(text))
    assert all(run in spotting.possible(text[start:end]) for run, start, end in spans)
