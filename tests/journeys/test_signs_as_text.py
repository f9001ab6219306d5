"""A thumb or a heart in place of a free text is never the text itself; one line says how to answer."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.desk.models import LetterLine
from api.dialogue.understand.reactions import only_signs
from api.proposals.models import Idea
from tests.ballots import answers_of
from tests.direct import DirectPerson
from tests.world import World

HOW = "Une réaction n'est pas une réponse."
SIGNS = ("👍", "👍🏽 👍", "❤️", "🙏")


async def arrived(world: World, channel: str, *then: str) -> DirectPerson:
    """A French speaker who joined, and said these things."""
    person = DirectPerson.new(world, channel)
    for text in ("bonjour", "français", "oui", "Tanger", *then):
        await person.say(text)
    return person


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("sign", SIGNS)
async def test_it_is_no_answer_in_their_own_words(world: World, channel: str, sign: str) -> None:
    person = await arrived(world, channel, "1", "1", "1")
    await person.say(sign)
    assert person.heard == f"{HOW}\n{person.words('expect.text', count=2000)}"
    assert await answers_of(world, channel, person.address) == {1: ["1"], 2: ["yes"], 3: ["1"]}
    await person.say("un pont 👍")
    assert (await answers_of(world, channel, person.address))[4] == ["un pont 👍"]


@pytest.mark.parametrize("sign", SIGNS)
async def test_it_is_no_idea_and_no_letter(own_world: World, sign: str) -> None:
    person = await arrived(own_world, "sms", "idée", sign)
    assert person.heard == f"{HOW}\n{person.words('idea.write')}"
    for text in ("un pont", sign, "valider", "envoyer", f"idée {sign}"):
        await person.say(text)
    assert person.heard == person.words("idea.write")
    for text in ("0", "écrire", sign):
        await person.say(text)
    assert person.heard.startswith(f"{HOW}\nÉcrivez votre message")
    async with own_world.db.transaction() as session:
        assert list(await session.scalars(select(Idea.text))) == ["un pont"]
        assert await session.scalar(select(func.count()).select_from(LetterLine)) == 0


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("👍", True),
        ("❤️🔥", True),
        (" 👍 \n", True),
        ("👍 ok", False),
        ("1️⃣", False),
        ("...", False),
        ("", False),
        ("!", False),
    ],
)
def test_what_is_nothing_but_signs(text: str, alone: bool) -> None:
    assert only_signs(text) == alone
