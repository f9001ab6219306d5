"""The home page: which council asks, which consultations are open, how to take part, and the published lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.i18n import Voice
from api.text.formats import short_day
from api.web.deps import AppContext

_MOST = 100  # maximum number of closed consultations on the page; the newest are shown


@dataclass(frozen=True, slots=True)
class Home:
    """The consultations on the home page: all open ones, and closed ones with a published list."""

    open: Sequence[Consultation]
    closed: Sequence[Consultation]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open consultation in the reader's language. `link` opens it on Telegram; it is "" if there is no bot."""

    title: str
    until: str
    word: str
    link: str


async def read(session: AsyncSession, context: AppContext) -> Home:
    """Read the consultations for the home page, with two SQL statements."""
    opened = await consultations.open_to_all(session, context.clock())
    return Home(opened, await consultations.published(session, _MOST))


def words(home: Home, voice: Voice, context: AppContext) -> dict[str, object]:
    """Return the variables of the home page's template, in the reader's language."""
    begin = voice("word.begin").upper()
    return {
        "title": voice("page.council"),
        "sawt": voice("page.sawt"),
        "open": [_opened(each, voice, context.bot) for each in home.open],
        "labels": {
            "open": voice("page.open"),
            "none": voice("page.none"),
            "part": voice("page.part"),
            "closed": voice("page.closed"),
        },
        "sms": voice("page.sms", word=begin, number=context.number) if context.number else "",
        "telegram": voice("page.telegram") if context.bot else "",
        "bot": context.bot,
        "closed": [(each.code, voice.pick(each.title)) for each in home.closed],
    }


def _opened(consultation: Consultation, voice: Voice, bot: str) -> Opened:
    end = consultation.closes_at and consultation.closes_at.astimezone(MOROCCO)
    return Opened(
        title=voice.pick(consultation.title),
        until=voice("page.until", day=short_day(end.date()), time=f"{end:%H:%M}") if end else "",
        word=voice("page.word", word=consultation.code.upper()),
        link=f"https://t.me/{bot}?start={consultation.code}" if bot else "",
    )
