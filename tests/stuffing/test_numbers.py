"""Votes that ask for a phone number: who has none is told how to link one, and nothing they said is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.actors import Action
from api.background import after_closing
from api.consultations.models import Answer, Ballot, Participation
from api.residents.models import Merge
from api.workflows import residents
from tests.api.office import call
from tests.ballots import grouped
from tests.consultations import main_consultation
from tests.direct import DirectPerson
from tests.linking.acts import CODE
from tests.proposals.office import published
from tests.proposals.test_rounds import create_round
from tests.seated import answered, heard, seated
from tests.world import KEYRING, World, quiet


def asking(numbers: str) -> dict[str, Any]:
    return {**main_consultation(), "numbers": numbers}


@pytest.fixture
async def strict(database_url: str) -> Any:
    """A world whose vote counts only people with a number."""
    async with quiet(database_url, consultation=asking("required")) as found:
        yield found


async def counted(world: World) -> tuple[int, list[int]]:
    found = await world.results()
    return found.ballots, [each.count for each in found.questions[0].answers]


async def linked_by_code(shows: DirectPerson, sends: DirectPerson) -> None:
    await shows.say("LIER")
    found = CODE.search(heard(shows))
    assert found is not None
    await sends.say(found.group())
    await shows.tap("link:yes")


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_vote_without_a_number_is_kept_and_counts_once_one_is_linked(strict: World, language: str) -> None:
    app = await seated(strict, "telegram", language)
    receipt = await answered(app, 2)
    assert app.words("number.needed", language) in heard(app)
    assert await counted(strict) == (0, [0, 0, 0])
    await app.say(receipt)
    assert app.words("receipt.waits", language, receipt=receipt) in heard(app)
    await app.share(strict.number())
    assert await counted(strict) == (1, [0, 1, 0])
    await app.say(receipt)
    assert app.words("receipt.waits", language, receipt=receipt) not in heard(app)


@pytest.mark.parametrize("shown_on", ["sms", "telegram"])
async def test_linking_by_a_code_counts_it_too_and_parting_takes_it_back(strict: World, shown_on: str) -> None:
    app, phone = await seated(strict, "telegram"), await seated(strict, "sms")
    await answered(app, 2)
    await linked_by_code(*((phone, app) if shown_on == "sms" else (app, phone)))
    assert await counted(strict) == (1, [0, 1, 0])
    async with strict.db.transaction() as session:
        (number,) = await session.scalars(select(Merge.id))
        await residents.undo_merge(session, number, action=Action("amina", strict.now()), keyring=KEYRING)
    assert await counted(strict) == (0, [0, 0, 0])
    assert await grouped(strict, "numbered") == {"False": 1}


async def test_a_phone_hears_nothing_of_it(strict: World) -> None:
    phone = await seated(strict, "sms")
    await answered(phone, 1)
    assert phone.words("number.needed", "fr") not in heard(phone)
    assert await counted(strict) == (1, [1, 0, 0])


async def test_who_links_first_votes_as_everybody_does(strict: World) -> None:
    app = await seated(strict, "telegram")
    await app.share(strict.number())
    await answered(app, 3)
    assert app.words("number.needed", "fr") not in heard(app)
    assert await counted(strict) == (1, [0, 0, 1])


async def test_at_closing_it_goes_and_its_receipt_says_why(strict: World) -> None:
    app, phone = await seated(strict, "telegram"), await seated(strict, "sms")
    left, stays = await answered(app, 2), await answered(phone, 1)
    await strict.close("plan")
    async with strict.db.transaction() as session:
        assert (await session.scalars(select(Ballot.receipt))).all() == [stays]
        orphans = select(Answer.ballot_id).where(Answer.ballot_id.not_in(select(Ballot.id)))
        assert (await session.scalars(orphans)).all() == []
        states = sorted(await session.scalars(select(Participation.state)))
    assert states == ["asked", "finished"]  # whoever has no ballot has not taken part
    strict.now.advance(minutes=3)  # replies that are under way are waited for
    assert await after_closing.clean(strict.db, now=strict.now())
    lines = (await strict.http.get("/consultations/plan/receipts.txt")).text.splitlines()
    assert lines[0] == "sawt-receipts 1 plan 1"
    assert f"{left} no-number" in lines
    assert await counted(strict) == (1, [1, 0, 0])
    await app.say(left)
    assert app.words("receipt.without", "fr", receipt=left) in heard(app)


async def test_apart_both_count_and_results_tell_them_apart(database_url: str) -> None:
    async with quiet(database_url, consultation=asking("apart")) as world:
        await answered(await seated(world, "telegram"), 2)
        await answered(await seated(world, "sms"), 1)
        found = await world.results()
        assert found.groups["number"] == {"with a number": None, "without": None}  # few of each
        assert await grouped(world, "numbered") == {"True": 1, "False": 1}
        assert await counted(world) == (2, [1, 1, 0])


async def test_a_round_can_ask_too(quiet_world: World) -> None:
    proposals = [(await published(quiet_world, code))[0] for code in ("one", "two")]
    await create_round(quiet_world, "round", proposals, kind="approve", numbers="required")
    assert (await call(quiet_world, "GET", "/v1/consultations/round")).json()["numbers"] == "required"
    await create_round(quiet_world, "other", proposals, kind="approve", numbers="perhaps", status=422)


async def test_any_asks_nobody(quiet_world: World) -> None:
    app = await seated(quiet_world, "telegram")
    await answered(app, 2)
    assert "number" not in (await quiet_world.results()).groups
    assert await counted(quiet_world) == (1, [0, 1, 0])
    assert await grouped(quiet_world, "numbered") == {"True": 1}
