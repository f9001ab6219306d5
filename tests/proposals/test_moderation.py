"""Staff actions on ideas: authors are told at each step, and nothing is public before it was read."""

from __future__ import annotations

import asyncio

import pytest

from api.residents.models import Resident
from api.workflows import residents
from sawt.compose import catalogs
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.proposals.office import draft, get, idea, post, refused, told
from tests.world import World

CATALOGS = catalogs()
REASON = {"ar": "سبب", "fr": "une raison", "zgh": "ⵜⴰⵎⵏⵜⵉⵍⵜ"}


@pytest.mark.parametrize(("language", "latin"), [("ar", False), ("fr", False), ("zgh", True), ("zgh", False)])
async def test_authors_hear_in_their_language(world: World, language: str, latin: bool) -> None:
    author = await resident(world, language=language, latin=latin)
    voice = CATALOGS.voice(language, latin=latin)
    number = await idea(world, author)
    await post(world, f"ideas/{number}/read")
    await post(world, f"ideas/{number}/decline", words=REASON)
    declined = voice("idea.declined", number=number, title=voice.pick(REASON))
    assert await told(world, author) == [voice("idea.read", number=number), declined]


async def test_a_usual_reason_is_given_in_every_language(world: World) -> None:
    author = await resident(world, language="ar")
    number = await idea(world, author)
    declined = await post(world, f"ideas/{number}/decline", reason="law")
    assert declined["reason"] == (await get(world, "ideas/reasons"))["law"]
    assert (await told(world, author))[-1].endswith(declined["reason"]["ar"])
    assert await refused(world, f"ideas/{number}/decline", reason="law") == 409
    other = await idea(world, author)
    assert await refused(world, f"ideas/{other}/decline", reason="whim") == 422
    assert await refused(world, f"ideas/{other}/decline", reason="law", words=REASON) == 422
    assert await refused(world, f"ideas/{other}/decline") == 422


async def test_nothing_is_published_before_it_was_read(world: World) -> None:
    number = await idea(world, await resident(world))
    assert await refused(world, f"ideas/{number}/publish") == 409
    assert (await get(world, f"ideas/{number}"))["public"] is None
    await post(world, f"ideas/{number}/read")
    assert (await post(world, f"ideas/{number}/publish"))["public"] == "un puits pour le douar"


async def test_personal_data_is_not_published(world: World) -> None:
    number = await idea(world, await resident(world), "un puits, appelez le 0600000011")
    assert [each["number"] for each in (await get(world, "ideas?flagged=true&limit=1"))["items"]] == [number]
    await post(world, f"ideas/{number}/read")
    assert await refused(world, f"ideas/{number}/publish") == 422
    assert await refused(world, f"ideas/{number}/publish", text="un puits, 06 00 00 00 11") == 422
    assert (await post(world, f"ideas/{number}/publish", text="un puits"))["public"] == "un puits"


async def test_similar_ideas_are_shown_together(world: World) -> None:
    author, other = await resident(world), await resident(world)
    first = await idea(world, author, "Une passerelle sur l'oued Martil pour les piétons")
    await idea(world, author, "Des lampadaires au quartier Malabata")
    similar = await idea(world, other, "une PASSERELLE pour les pietons, sur l'oued Martil !")
    page = await get(world, f"ideas/{similar}")
    nearest = page["alike"][0]
    assert (nearest["number"], nearest["share"] >= 90) == (first, True)
    await post(world, f"ideas/{similar}/merge", into=first)
    assert similar not in [each["number"] for each in (await get(world, f"ideas/{first}"))["alike"]]


async def test_merging_credits_all_authors(world: World) -> None:
    authors = [await resident(world, language="fr") for _ in range(3)]
    one, two, three = [await idea(world, person) for person in authors]
    voice = CATALOGS.voice("fr")
    await post(world, f"ideas/{two}/merge", into=three)
    await post(world, f"ideas/{three}/merge", into=one)
    page = await get(world, f"ideas/{one}")
    assert (page["authors"], page["merged"]) == (3, [three])
    assert (await told(world, authors[1]))[0] == voice("idea.merged", number=two, other=three)
    await post(world, f"ideas/{one}/read")
    for person, number in zip(authors, (one, two, three), strict=True):
        assert (await told(world, person))[-1] == voice("idea.read", number=number)


async def test_what_cannot_be_merged(world: World) -> None:
    author = await resident(world)
    one, two, three = [await idea(world, author) for _ in range(3)]
    assert await refused(world, f"ideas/{one}/merge", into=one) == 409
    await post(world, f"ideas/{one}/merge", into=two)
    assert await refused(world, f"ideas/{one}/merge", into=three) == 409
    assert await refused(world, f"ideas/{three}/merge", into=one) == 409
    assert await refused(world, f"ideas/{two}/merge", into=one) == 409
    await post(world, f"ideas/{three}/decline", reason="law")
    assert await refused(world, f"ideas/{two}/merge", into=three) == 409
    assert await refused(world, f"ideas/{two}/merge", into=99_999_999) == 404


async def test_two_ideas_merged_into_each_other_at_once(world: World) -> None:
    one, two = await idea(world, await resident(world)), await idea(world, await resident(world))
    answers = await asyncio.gather(
        *(
            call(world, "POST", f"/v1/ideas/{number}/merge", json={"into": into})
            for number, into in ((one, two), (two, one))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_every_step_says_who_and_when(world: World) -> None:
    number = await idea(world, await resident(world))
    await post(world, f"ideas/{number}/read", who="idir")
    await post(world, f"ideas/{number}/publish")
    steps = (await get(world, f"ideas/{number}"))["steps"]
    assert [(each["step"], each["state"], each["who"]) for each in steps] == [
        ("send", "received", "resident"),
        ("read", "read", "idir"),
        ("publish", "read", "amina"),
    ]


async def test_those_who_stopped_are_not_told(world: World) -> None:
    author = await resident(world, state="stopped")
    number = await idea(world, author)
    await post(world, f"ideas/{number}/read")
    assert await told(world, author) == []


async def test_an_erased_author_leaves_the_ideas_shared_with_others(world: World) -> None:
    author, other = await resident(world), await resident(world)
    alone, public, shared, others = (
        await idea(world, author), await idea(world, author), await idea(world, author), await idea(world, other),
    )  # fmt: skip
    await post(world, f"ideas/{public}/read")
    await post(world, f"ideas/{public}/publish")
    await post(world, f"ideas/{others}/merge", into=shared)
    async with world.db.transaction() as session:
        await residents.erase(session, await session.get_one(Resident, author), now=world.now())
    texts = [(await get(world, f"ideas/{number}"))["text"] for number in (alone, public, shared, others)]
    assert texts == ["", *["un puits pour le douar"] * 3]
    counts = [(await get(world, f"ideas/{number}"))["authors"] for number in (alone, public, shared, others)]
    assert counts == [0, 0, 1, 1]


async def test_a_proposal_is_made_of_read_ideas_once(world: World) -> None:
    author = await resident(world)
    one, two = await idea(world, author), await idea(world, author)
    assert await refused(world, "proposals", **draft("p-unread", one)) == 409
    await post(world, f"ideas/{one}/read")
    await post(world, "proposals", **draft("p-first", one))
    assert await refused(world, "proposals", **draft("p-first")) == 409
    assert await refused(world, "proposals", **draft("p-second", one)) == 409
    assert await refused(world, "proposals", **draft("p-none", two, theme="weather")) == 422
    assert await refused(world, "proposals", **draft("p-none", 99_999_999)) == 404
    await post(world, "proposals/p-first/withdraw")
    assert (await told(world, author))[-1] == CATALOGS.voice("fr")("idea.read", number=one)  # nothing new
    await post(world, "proposals", **draft("p-second", one))


@pytest.mark.parametrize("query", ["state=read%00", "province=%27", "cursor=none", "limit=9999", "theme=" + "x" * 99])
async def test_filters_of_another_form_are_refused(world: World, query: str) -> None:
    assert (await call(world, "GET", f"/v1/ideas?{query}")).status_code == 422


@pytest.mark.parametrize("path", ["ideas/0", "ideas/99999999999999999999", "proposals/none", "proposals/%00"])
async def test_unknown_ideas_and_proposals_are_404(world: World, path: str) -> None:
    assert (await call(world, "GET", f"/v1/{path}")).status_code == 404


async def test_nothing_of_an_erased_idea_is_published(world: World) -> None:
    author = await resident(world)
    number = await idea(world, author)
    await post(world, f"ideas/{number}/read")
    await post(world, f"residents/{author}/erase")
    for body in ({}, {"text": "un puits pour le douar"}):
        assert await refused(world, f"ideas/{number}/publish", **body) == 409
    assert (await get(world, f"ideas/{number}"))["public"] is None
