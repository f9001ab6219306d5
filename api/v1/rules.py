"""The rules over the JSON API: read them, set one, see who set what."""

from __future__ import annotations

from api.pagination import Page
from api.rules import service
from api.rules.schemas import ChangeOut, RuleIn, RuleOut
from api.rules.service import Rule
from api.security.rights import Permission
from api.v1.rule_deps import RulesInForce
from api.web.deps import ANYBODY, Actor, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/rules", "rules", needs=ANYBODY)


@router.get("")
async def every(session: Session, book: RulesInForce, asked: Paged) -> Page[RuleOut]:
    """Every rule in force: thresholds, prices, budgets."""
    return (await service.listed(session, book, asked)).page(_out)


@router.get("/changes")
async def changes(session: Session, asked: Paged) -> Page[ChangeOut]:
    """Who set which rule to what, the newest first."""
    found = await service.history(session, asked)
    return found.page(lambda each: ChangeOut(name=each.name, value=each.value, who=each.who, at=each.at))


@router.put("/{name}", dependencies=[requires(Permission.MANAGE_SETTINGS)])
async def change(name: str, given: RuleIn, who: Actor, session: Session, book: RulesInForce, now: Now) -> RuleOut:
    """Set a rule, for every process at once."""
    return _out(await service.change(session, book, name, given.value, who=who, now=now))


def _out(found: Rule) -> RuleOut:
    return RuleOut(name=found.name, meaning=found.meaning, value=found.value, who=found.who, at=found.at)
