"""Rows for every list of /v1 and of the command line: each list with a function that adds a row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect, select

from api import audit
from api.agents import service as agents
from api.agents.schemas import AgentIn
from api.audit.models import Checkpoint
from api.clocks.models import ClockHold
from api.commitments import service as commitments
from api.commitments.schemas import PlanIn
from api.consultations.models import Consultation, ConsultationState, Question
from api.consultations.vault_keys.folders import VaultFolder
from api.consultations.words import unmatched
from api.consultations.words.own_words import OwnWords, OwnWordsTag
from api.outbox.models import Delivery, Lane
from api.proposals.models import Proposal
from api.region import places
from api.residents import arrivals
from api.residents.models import Address, Merge
from api.rules import service as rules
from api.staff import acts
from api.staff.schemas import InviteIn, TokenIn
from tests.api.office import created
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, launched, make
from tests.commitments.plans import CODE, add_plan, plan, put
from tests.consultations import words
from tests.meetings.planned import planned, register
from tests.proposals.office import idea
from tests.staff.test_today import letter
from tests.world import KEYRING, World

ROWS = 5
Add = Callable[[World, int], Awaitable[object]]
_DESKS = [*(each.code for each in places.provinces()), None]
MEETING = "seats"
TEXTS = "texts"


async def _keep(world: World, *rows: Any) -> None:
    async with world.db.transaction() as session:
        session.add_all(rows)


async def _idea(world: World, place: int) -> None:
    await idea(world, await resident(world), f"puits {place}")


async def _letter(world: World, place: int, *, province: str | None = "01.571") -> None:
    world.now.advance(minutes=1)
    await letter(world, await resident(world, province=province))


async def _desk(world: World, place: int) -> None:
    await _letter(world, place, province=_DESKS[place % len(_DESKS)])


async def _proposal(world: World, place: int) -> None:
    row = Proposal(code=f"p-{place}", title=words(f"p {place}"), text=words("x"), theme="water", province="01.571")
    row.created_at = world.now()
    await _keep(world, row)


async def _merge(world: World, place: int) -> None:
    row = Merge(kept_id=2 * place + 1, gone_id=2 * place + 2, how="code", channel="sms", merged_at=world.now())
    await _keep(world, row)


async def _range(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        number = f"+2126123{place:02}0000"
        await arrivals.admit(session, address=number, most=0, keyring=KEYRING, now=world.now())


async def _act(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        await audit.note(session, who="amina", act="show", subject=f"resident {1000 + place}", now=world.now())


async def _unmasking(world: World, place: int) -> None:
    world.now.advance(minutes=1)
    async with world.db.transaction() as session:
        about = {"about": "sms", "reason": f"call {place}", "now": world.now()}
        await audit.note(session, who="amina", act="unmask", subject=f"resident {2000 + place}", **about)


async def _checkpoint(world: World, place: int) -> None:
    seq = {"seq": 10_000 + place, "head": "0" * 64, "at": world.now()}
    await _keep(world, Checkpoint(**seq, origin="sawt", key="A" * 44, signature="A" * 88))


async def _agent(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        data = AgentIn(name=f"agent {place}", limit=30, province="01.571")
        await agents.create(session, data, who="amina", keyring=KEYRING, now=world.now())


async def _account(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        given = InviteIn(name=f"account {place}")  # without rights: giving them is recorded, too
        await acts.invite(session, given, who="amina", keyring=KEYRING, now=world.now())


async def _token(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        given = TokenIn(name=f"client {place}", permissions=["write"])
        await acts.make_token(session, given, who="amina", now=world.now())


async def _rule(world: World, place: int) -> None:
    world.now.advance(minutes=1)  # it is recorded, too: no two lines are the same
    async with world.db.transaction() as session:
        book = rules.Book()
        await rules.change(session, book, "approval_above", 100 + place, who="amina", now=world.now())


async def _plan(world: World, place: int) -> None:
    async with world.db.transaction() as session:
        data = PlanIn.model_validate(plan(f"plan-{place}"))
        await commitments.save_plan(session, data, who="amina", now=world.now())


async def _commitment(world: World, place: int) -> None:
    world.now.advance(minutes=1)  # it is recorded, too: no two lines are the same
    late = (world.now() - timedelta(days=100 - place)).date().isoformat()
    step = {"number": 1, "title": words(f"step {place}"), "due_on": late}
    async with world.db.transaction() as session:
        number = {"number": 10 + place, "title": words(f"title {place}"), "label": words(f"l {place}")}
        await put(world, session, {**number, "milestones": [step]})


async def _meeting(world: World, place: int) -> None:
    await planned(world, f"m-{place}", days=20 - place % 3)  # some begin at the same moment


async def _seat(world: World, place: int) -> None:
    await register(world, 1, await resident(world))


async def _campaign(world: World, place: int) -> None:
    await make(world, NEWS)


async def _recipient(world: World, place: int) -> None:
    """Add a copy of the first recipient."""
    number = await resident(world)
    async with world.db.transaction() as session:
        like = (await session.scalars(select(Delivery).where(Delivery.campaign_id == 1).order_by(Delivery.id))).first()
        address = await session.scalar(select(Address.id).where(Address.resident_id == number))
        columns = [each.key for each in inspect(Delivery).column_attrs if each.key not in ("id",)]
        values = {name: getattr(like, name) for name in columns} | {"resident_id": number, "address_id": address}
        session.add(Delivery(**values))


async def _unmatched(world: World, place: int) -> None:
    bits = (1 << 10 * (1 + place % 3)) - 1  # written by so many people, sometimes equally many
    day = world.now().date() - timedelta(days=20)
    asked = unmatched.Prompt("home")
    async with world.db.transaction() as session:
        await unmatched.note(session, KEYRING, asked, f"w {place}", 0, day)
        row = await session.get_one(unmatched.Unmatched, unmatched.known_by(KEYRING, asked, f"w {place}"))
        row.bits = row.settled = bits


async def _answer(world: World, place: int) -> None:
    """Add a text with its own tag."""
    async with world.db.transaction() as session:
        number = await session.scalar(
            select(Question.id).join(Consultation, Consultation.id == Question.consultation_id)
            .where(Consultation.code == TEXTS)
        )  # fmt: skip
        words_ = OwnWords(question_id=number, text=f"texte {place}", key=f"texte {place}", flags=[])
        session.add(words_)
        await session.flush()
        tag = f"tag {place}"
        session.add(OwnWordsTag(words_id=words_.id, key=tag, tag=tag, who="amina", at=world.now()))


async def _closed(world: World) -> None:
    """Create a closed consultation whose texts staff can read."""
    await created(world, code=TEXTS)
    async with world.db.transaction() as session:
        row = (await session.scalars(select(Consultation).where(Consultation.code == TEXTS))).one()
        row.state, row.closed_at, row.cleaned_at = ConsultationState.CLOSED, world.now(), world.now()


async def _lane(world: World, place: int) -> None:
    await _keep(world, Lane(road=f"road-{place}", per_second=1.0, next_slot=world.now(), reason="x"))


async def _clock(world: World, place: int) -> None:
    await _keep(world, ClockHold(process=f"p {place}", at=world.now(), ahead=place))


async def _folder(world: World, place: int) -> None:
    await _keep(world, VaultFolder(id=f"{place:032}", path=f"/vault/{place}"))


# Every list of /v1 with a function that adds a row; None if its rows are fixed.
LISTS: dict[str, Add | None] = {
    "/v1/ideas": _idea,
    "/v1/proposals": _proposal,
    "/v1/desk": _letter,
    "/v1/desk/overview": _desk,
    "/v1/residents/merges": _merge,
    "/v1/residents/ranges": _range,
    "/v1/residents/acts": _act,
    "/v1/residents/unmaskings": _unmasking,
    "/v1/record": _act,
    "/v1/record/checkpoints": _checkpoint,
    "/v1/agents": _agent,
    "/v1/staff": _account,
    "/v1/tokens": _token,
    "/v1/consultations": lambda world, place: created(world),
    "/v1/consultations/{code}/answers": _answer,
    "/v1/consultations/{code}/answers/tags": _answer,
    "/v1/words/unmatched": _unmatched,
    "/v1/rules": None,
    "/v1/rules/changes": _rule,
    "/v1/plans": _plan,
    "/v1/plans/{code}/commitments": _commitment,
    "/v1/plans/{code}/late": _commitment,
    "/v1/messages": None,
    "/v1/meetings": _meeting,
    "/v1/meetings/{code}/seats": _seat,
    "/v1/campaigns": _campaign,
    "/v1/campaigns/{campaign_id}/recipients": _recipient,
}
# Lists of the command line only.
OTHERS: dict[str, Add] = {"lanes": _lane, "clocks": _clock, "folders": _folder}


def address(path: str) -> str:
    """A list's path with existing names."""
    code = MEETING if "meetings" in path else TEXTS if "answers" in path else CODE
    return path.replace("{code}", code).replace("{campaign_id}", "1")


async def filled(world: World, *, others: bool = False) -> None:
    """Create five rows in each list, and what they depend on."""
    await planned(world, MEETING, seats=3)
    await add_plan(world)
    await _closed(world)
    await resident(world)
    await launched(world, NEWS, urgent=True)
    for add in [*LISTS.values(), *(OTHERS.values() if others else ())]:
        for place in range(ROWS if add is not None else 0):
            await add(world, place)  # type: ignore[misc]
