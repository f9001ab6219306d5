"""The page of the record for auditors: acts with filters, old and new values, and whether the record verifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audit import alarm, checkpoints, service
from api.audit.alarm import Alarm
from api.audit.models import Act
from api.audit.service import Filters
from api.clock import MOROCCO
from api.console import forms, menu, pages
from api.console.deps import Signed
from api.console.values import LONG, START, Change, changes
from api.errors import Forbidden, Invalid
from api.pagination import PageRequest, PageRows
from api.web.deps import Db

router = APIRouter(include_in_schema=False)
_LIMIT = 50  # acts on a page
_MANY = 12  # changed fields of an act, above which they are folded away
_VIA = {"api": "via.api", "cli": "via.cli", "console": "via.console", "clock": "via.clock"}
_FIRST_DAY = date(2000, 1, 1)  # of a filter: the time zone of Morocco is not known for every year
_LAST_DAY = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they were typed."""

    by: str
    act: str
    subject: str
    since: str
    until: str

    def filters(self) -> Filters:
        """Return the filters of the list. Raises Invalid for a day that does not exist.

        A subject of one word means all subjects of that kind. `until` includes its day.
        """
        kind, _, number = self.subject.partition(" ")
        since, until = (_midnight(each, later=later) for each, later in ((self.since, 0), (self.until, 1)))
        return Filters(
            who=self.by or None,
            act=self.act or None,
            subject=self.subject if number else None,
            kind=kind if kind and not number else None,
            since=since,
            until=until,
        )


Typed = Annotated[str, Query(max_length=1000)]


async def _asked(by: Typed = "", act: Typed = "", subject: Typed = "", since: Typed = "", until: Typed = "") -> Asked:
    return Asked(*(" ".join(each.split()) for each in (by, act, subject, since, until)))


@router.get("/record")
async def show(
    request: Request, who: Signed, db: Db, asked: Annotated[Asked, Depends(_asked)], cursor: str | None = None
) -> Response:
    """Show acts, the newest first, to those who may read the record over /v1."""
    if who is None:
        return forms.redirect(request, forms.SIGN_IN)
    try:
        menu.check(menu.RECORD, who)
    except Forbidden:
        return forms.signed(request, "denied.html", 403)
    status = 200
    rows: PageRows[Act] = PageRows([], None)
    async with db.transaction() as session:
        broken = await alarm.alarm(session)
        newest = await checkpoints.latest(session, 1)
    try:
        filters = asked.filters()
        async with db.transaction() as session:
            rows = await service.listed(session, PageRequest(_LIMIT, cursor or None), filters)
    except Invalid:
        status = 422
    return _page(request, status, asked, rows, broken=broken, signed=bool(newest))


def _page(
    request: Request, status: int, asked: Asked, rows: PageRows[Act], *, broken: Alarm | None, signed: bool
) -> Response:
    own = {name: getattr(asked, name) or None for name in Asked.__slots__}
    return forms.signed(
        request,
        "record.html",
        status,
        asked=asked,
        wrong=status != 200,
        broken=broken,
        signed=signed,
        rows=[Shown.of(each) for each in rows.items],
        known=sorted({each.act for each in rows.items}),
        older=pages.query(request, **own, cursor=rows.next) if rows.next else "",
        later="cursor" in request.query_params,
        newest=pages.query(request, **own, cursor=None),
        long=LONG,
        start=START,
        many=_MANY,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """An act as the page shows it. `at` is the time in Morocco, `via` a catalog key."""

    row: Act
    at: str
    moment: str
    via: str
    changes: list[Change]

    @classmethod
    def of(cls, row: Act) -> Shown:
        """Return an act in the form that the page shows."""
        local = row.at.astimezone(MOROCCO)
        return cls(
            row, f"{local:%d/%m/%Y %H:%M:%S}", local.isoformat(), _VIA.get(row.via or "", ""), changes(row.old, row.new)
        )


def _midnight(day: str, *, later: int) -> datetime | None:
    """Return when a day begins in Morocco, or so many days later; None without a day. Raises Invalid."""
    if not day:
        return None
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise Invalid("there is no such day", field="day") from None
    if not _FIRST_DAY <= found <= _LAST_DAY:
        raise Invalid("there is no such day", field="day")
    return datetime.combine(found + timedelta(days=later), time(), MOROCCO)
