"""Rules over the JSON API: read them, change one, list the changes."""

from __future__ import annotations

from api.pagination import Page
from api.rules import service
from api.rules.schemas import ChangeOut, RuleIn, RuleOut
from api.rules.service import Rule
from api.security.rights import Permission
from api.v1.deps import RulesDep
from api.web.deps import ANYBODY, Actor, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/rules", "rules", needs=ANYBODY)


@router.get("")
async def list_rules(session: Session, rules: RulesDep, page: PageDep) -> Page[RuleOut]:
    """List all rules in force: thresholds, prices and budgets."""
    return (await service.listed(session, rules, page)).page(_out)


@router.get("/changes")
async def list_rule_changes(session: Session, page: PageDep) -> Page[ChangeOut]:
    """List all changes of rules, the newest first."""
    changes = await service.history(session, page)
    return changes.page(lambda change: ChangeOut(name=change.name, value=change.value, who=change.who, at=change.at))


@router.put("/{name}", dependencies=[requires(Permission.MANAGE_SETTINGS)])
async def change_rule(name: str, data: RuleIn, actor: Actor, session: Session, rules: RulesDep, now: Now) -> RuleOut:
    """Change a rule. The new value takes effect at once in every process."""
    return _out(await service.change(session, rules, name, data.value, who=actor, now=now))


def _out(rule: Rule) -> RuleOut:
    return RuleOut(name=rule.name, meaning=rule.meaning, value=rule.value, who=rule.who, at=rule.at)
