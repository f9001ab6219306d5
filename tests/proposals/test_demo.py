"""The demonstration's ideas and proposals: loaded once, with a whole chain and two similar ideas."""

from __future__ import annotations

from sqlalchemy import func, select

from api.actors import Action
from api.agents import service as agents
from api.clock import now
from api.desk import reading
from api.desk import service as desk
from api.proposals import listing, notifications, pictures, service, transitions
from api.proposals.ideas import search
from api.proposals.models import Idea
from api.workflows import rounds
from api.workflows.round_schemas import RoundIn
from sawt.cli import examples
from sawt.cli.cli_input import parsed
from sawt.context import catalogs
from sawt.demo import letters, loading, picture
from sawt.vault import database
from tests.world import KEYRING, settings_for

EXAMPLE = parsed(RoundIn, examples.text("round"))  # as `sawt round example` prints it


async def test_they_are_loaded_once(database_url: str) -> None:
    db = database(settings_for(database_url, ""))
    for _ in range(2):
        await loading.load(db, keyring=KEYRING)
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Idea)) == 6
        states = {each.code: each.state for each in (await listing.listed(session)).items}
        decided = {
            "carte-des-projets": transitions.COMMITTED,
            "puits-solaires": transitions.CHOSEN,
            "bibliotheques": transitions.NOT_CHOSEN,
        }
        free = ("citernes-des-ecoles", "sources-de-montagne")
        published = ("eau-des-douars", "routes-rurales", "bus-des-filles", "sante-mobile", "bois-et-feu", *free)
        assert states == decided | dict.fromkeys(published, transitions.PUBLISHED)
        assert await service.votes(session, "bibliotheques") == [("premier-vote", "closed"), ("vote", "open")]
        vote = await rounds.create(session, EXAMPLE, catalogs=catalogs(), action=Action("amina", now()))
        assert (await listing.unfinished_votes(session, [*free, "bois-et-feu", "puits-solaires"])) == {
            **dict.fromkeys(free, vote.code),
            "bois-et-feu": "vote",
        }
        assert await pictures.content_of(session, "bus-des-filles") == picture.drawn()
        new = (await search.listed(session, state=transitions.RECEIVED)).items
        assert [match.idea.id for match in await search.similar(session, new[1])] == [new[0].id]
        behind = await notifications.ideas_of(session, 2)
        assert len(behind) == 2
        assert all([(await search.get(session, each)).public for each in behind])  # whoever asks IDEA 3 is answered
        assert [each.state for each in (await reading.listed(session)).items] == [desk.OPEN, desk.ANSWERED]
        known = await agents.recognise(session, letters.CODE, address=b"x", keyring=KEYRING, now=now())
        assert known is not None
    await db.close()
