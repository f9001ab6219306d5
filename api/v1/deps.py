"""FastAPI dependencies of staff routes that concern one domain (such as campaigns), and the rules in force.

`api/web/deps.py` has the other dependencies, such as the session, the actor and the time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.campaigns.context import CampaignContext
from api.commitments.status import Trace
from api.consultations.sms_budget import Weigh
from api.db import Database
from api.proposals.context import ProposalContext
from api.rules.service import Book
from api.web.deps import CatalogsDep, KeyringDep, context_of


class Cleaner(Protocol):
    """A function that finishes closed consultations: it erases links to people and publishes the lists of ballots.

    `api/background/after_closing.py` implements it.
    """

    async def __call__(self, db: Database, *, now: datetime) -> bool:
        """Clean up. Return whether all closed consultations are clean now."""
        ...


async def _rules(request: Request) -> Book:
    """Refresh the application's rules from the database, and return them."""
    book: Book = request.app.state.rules
    async with context_of(request).db.reading() as connection:  # the request's own transaction begins later
        await book.renew(connection)
    return book


RulesDep = Annotated[Book, Depends(_rules)]


async def _smallest_count(rules: RulesDep) -> int:
    return rules.values.smallest_count


async def _campaigns(request: Request, _rules: RulesDep) -> CampaignContext:
    context: CampaignContext = request.app.state.campaigns  # `_rules` has just refreshed the rules that it reads
    return context


async def _proposals(catalogs: CatalogsDep, keyring: KeyringDep) -> ProposalContext:
    return ProposalContext(catalogs, keyring)


async def _trace(request: Request) -> Trace:
    trace: Trace = request.app.state.trace
    return trace


async def _weigh(request: Request) -> Weigh:
    weigh: Weigh = request.app.state.weigh
    return weigh


async def _clean(request: Request) -> Cleaner:
    clean: Cleaner = request.app.state.clean
    return clean


CampaignContextDep = Annotated[CampaignContext, Depends(_campaigns)]
ProposalContextDep = Annotated[ProposalContext, Depends(_proposals)]
SmallestCountDep = Annotated[int, Depends(_smallest_count)]  # the rule `smallest_count`
TraceDep = Annotated[Trace, Depends(_trace)]  # finds the proposals that commitments came from
WeighDep = Annotated[Weigh, Depends(_weigh)]  # measures SMS texts
CleanDep = Annotated[Cleaner, Depends(_clean)]
