"""The page of the record: who may read it, its filters, what it shows of each act, and a copy that verifies."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import event, insert, text

from api import audit
from api.audit import chain, checkpoints, offline, statement
from api.audit.models import Act, RecordHead
from api.audit.service import BATCH
from api.console.values import Change, changes
from api.security.rights import EVERYTHING, ROLES, WHOLE_REGION
from tests.accounts.office import browser, enter, make
from tests.record_tools import unprotected
from tests.world import KEYRING, World

RECORD = "/console/record"
ONE = "01.571"


class Page(HTMLParser):
    """What a reader sees of a page: its text, its links by their words, and its headings."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.words, self.links, self.ids, self._link = list[str](), dict[str, str](), list[str](), ""
        self.labels, self.fields = set[str](), set[str]()
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "label":
            self.labels.add(given["for"])
        if tag == "input" and given.get("type") != "hidden":
            self.fields.add(given["id"])
        self._link = given.get("href", "") if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())
            if self._link:
                self.links[data.strip()] = self._link

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def acts(self) -> list[int]:
        """The numbers of the acts on the page."""
        return [int(each.partition("-")[2]) for each in self.ids if re.fullmatch(r"act-\d+", each)]


async def auditor(world: World, http: httpx.AsyncClient) -> None:
    await enter(world, await make(world, "nora", "auditor", http=http))


async def note(world: World, who: str = "yasmine", **fields: Any) -> None:
    async with world.db.transaction() as session:
        given = {"act": "rule changed", "subject": "rule quorum", "now": world.now(), **fields}
        await audit.note(session, who=who, **given)


async def seen(http: httpx.AsyncClient, status: int = 200, **query: str) -> Page:
    page = await http.get(RECORD, params=query)
    assert page.status_code == status, page.text
    return Page(page)


@pytest.mark.parametrize("province", [WHOLE_REGION, ONE])
async def test_v8_2_1_the_record_is_for_who_may_audit_the_region(quiet_world: World, province: str) -> None:
    """The same as GET /v1/record; the menu shows the page to the same people."""
    for role in (*ROLES, "see_numbers", "everything"):
        async with browser(quiet_world) as http:
            held = [*EVERYTHING] if role == "everything" else [role]
            await enter(quiet_world, await make(quiet_world, f"who {role}", *held, province=province, http=http))
            allowed = not province and role in ("auditor", "everything")
            page = await http.get(RECORD)
            assert page.status_code == (200 if allowed else 403), role
            assert (await http.get("/v1/record")).status_code == page.status_code
            assert (RECORD in (await http.get("/console/sessions")).text) is allowed
            if not allowed:
                assert "audit" in Page(page).text
                assert "manage_staff" in Page(page).text
                assert "account made" not in page.text


async def test_who_is_not_signed_in_signs_in_first(http: httpx.AsyncClient) -> None:
    answer = await http.get(RECORD, params={"lang": "ar"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in?lang=ar")


async def test_an_act_is_shown_with_its_values_and_its_reason(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    old, new = {"title": {"fr": "Un pont", "ar": "جسر"}, "quorum": 5}, {"title": {"fr": "Deux ponts"}, "open": True}
    await note(quiet_world, old=old, new=new, reason="la commission l'a demandé", about="en urgence", via="console")
    page = await seen(http, by="yasmine")
    said = page.text
    for each in ("rule changed", "rule quorum", "yasmine", "ces pages", "la commission l'a demandé", "en urgence"):
        assert each in said
    assert f"{quiet_world.now():%d/%m/%Y}" in said
    assert "title.fr Un pont Deux ponts" in said
    assert "title.ar جسر rien" in said
    assert "quorum 5 rien" in said
    assert "open rien true" in said
    assert page.labels == page.fields  # every field has its label


async def test_the_filters_say_who_when_what_and_on_what(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    await note(quiet_world, subject="rule budget")
    quiet_world.now.advance(days=1)
    await enter(quiet_world, await make(quiet_world, "nora2", "auditor", http=http))
    for who, act, subject in (
        ("idir", "erase", "resident 12"),
        ("idir", "show", "resident 1"),
        ("yasmine", "show", "x"),
    ):
        await note(quiet_world, who, act=act, subject=subject)
    today = f"{quiet_world.now():%Y-%m-%d}"
    for query, found in (
        ({"by": "idir"}, 2), ({"by": " idir ", "act": "show"}, 1), ({"subject": "resident"}, 2),
        ({"subject": "resident 1"}, 1), ({"by": "yasmine"}, 2), ({"by": "yasmine", "since": today}, 1),
        ({"by": "yasmine", "until": today}, 2), ({"by": "nobody"}, 0), ({"by": "x" * 900}, 0),
    ):  # fmt: skip
        assert len((await seen(http, **query)).acts) == found, query
    assert "Aucun acte" in (await seen(http, by="nobody")).text


async def test_days_are_those_of_morocco(quiet_world: World, http: httpx.AsyncClient) -> None:
    """Until includes its day: an act of its last second is shown, and one of the next midnight is not."""
    await auditor(quiet_world, http)
    for place, moment in enumerate(("2026-03-01T23:59:59", "2026-03-02T00:00:00", "2026-03-02T23:59:59.5")):
        at = quiet_world.now().fromisoformat(f"{moment}+00:00")  # Morocco is at UTC+0 in Ramadan, which this is
        await note(quiet_world, "clerk", now=at, subject=f"x {place}")
    shown = await seen(http, by="clerk", since="2026-03-02", until="2026-03-02")
    assert "x 0" not in shown.text
    assert "x 1" in shown.text
    assert "x 2" in shown.text


@pytest.mark.parametrize(
    "query", [{"since": "tomorrow"}, {"until": "2026-02-30"}, {"since": "0001-01-01"}, {"until": "9999-12-31"},
              {"cursor": "x"}, {"by": "a\0b"}]
)  # fmt: skip
async def test_a_filter_that_is_wrong_is_said(
    quiet_world: World, http: httpx.AsyncClient, query: dict[str, str]
) -> None:
    await auditor(quiet_world, http)
    page = await http.get(RECORD, params=query)
    assert page.status_code in (200, 422)  # SQLite looks for a NUL and finds nothing
    if "by" not in query:
        assert page.status_code == 422
        assert "existe pas" in page.text
    assert page.headers["content-type"].startswith("text/html")


async def test_in_arabic_the_page_reads_from_right_to_left_and_keeps_its_filters(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    await auditor(quiet_world, http)
    for number in range(60):
        await note(quiet_world, subject=f"rule {number}", old=number, new=number + 1)
    page = await http.get(RECORD, params={"by": "yasmine", "lang": "ar"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "السجل سليم" in page.text
    found = Page(page)
    french = await http.get(RECORD + unescape(found.links["Français"]))
    assert '<html lang="fr" dir="ltr">' in french.text
    assert Page(french).acts == found.acts
    older = await http.get(RECORD + unescape(found.links["الأقدم"]))
    assert '<html lang="ar"' in older.text
    assert len(found.acts + Page(older).acts) == len({*found.acts, *Page(older).acts}) == 60
    newest = await http.get(RECORD + unescape(Page(older).links["الأحدث"]))
    assert Page(newest).acts == found.acts


HOSTILE = "\"><script>alert(1)</script>' onload=x {{7*7}} \u202e\u2067 </bdi>"


async def test_v1_2_1_what_anybody_wrote_is_text(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    fields = {"old": {HOSTILE: HOSTILE}, "new": [HOSTILE, {"a": []}], "reason": HOSTILE * 9, "about": HOSTILE}
    await note(quiet_world, "'><b>", act="<i>", subject="<u> 1", **fields)
    page = await http.get(RECORD, params={"by": "'><b>", "act": "<i>", "subject": "<u> 1", "x": HOSTILE, "lang": "fr"})
    assert page.status_code == 200
    assert not re.search(r"<(script|b|i|u)\b|alert\(1\)</s|49", page.text)
    assert Page(page).acts != []
    assert "alert(1)" in Page(page).text


async def test_a_long_value_is_folded_and_whole(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    long = "mot " * 2000
    await note(quiet_world, old={"text": "court"}, new={"text": long}, reason="r" * 300)
    await note(quiet_world, new={f"f{number}": number for number in range(40)})
    page = await http.get(RECORD, params={"by": "yasmine"})
    assert long.strip() in page.text
    assert "Champs modifiés : 40" in page.text
    assert page.text.count("<details>") == 2  # the reason is short enough


def test_fields_within_fields_have_a_line_each() -> None:
    old, new = (
        {"options": [{"fr": "a"}, {"fr": "b"}], "n": 1, "none": None, "x": {}},
        {"options": [{"fr": "a"}], "n": 1.5},
    )
    assert changes(old, new) == [
        Change("options.1.fr", "a", "a"), Change("options.2.fr", "b", None), Change("n", "1", "1.5"),
        Change("x", "{}", None),
    ]  # fmt: skip
    assert changes(None, 7) == [Change("", None, "7")]
    assert changes(None, None) == []


async def test_the_copy_verifies(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    page = await seen(http, by="nobody")
    assert "/record.json" not in page.links.values()  # nothing is signed yet
    assert await checkpoints.take(quiet_world.db, keyring=KEYRING, origin="x", now=quiet_world.now())
    links = (await seen(http, by="nobody")).links.values()
    assert {"/record.json", "/v1/record/export"} <= {*links}
    point = statement.parse((await http.get("/record.json")).text)
    lines = (await http.get("/v1/record/export", headers={"Sec-Fetch-Site": "same-origin"})).content
    assert offline.verify(lines.splitlines(keepends=True), point).rows >= point.seq > 0


async def test_a_record_that_was_changed_is_said_with_its_row(quiet_world: World, http: httpx.AsyncClient) -> None:
    await auditor(quiet_world, http)
    assert "intact" in (await seen(http)).text
    async with quiet_world.db.transaction() as session, unprotected(session):
        await session.execute(text("UPDATE acts SET who = 'mallory' WHERE seq = 2"))
    said = (await seen(http)).text
    assert "intact" not in said
    assert "2" in said[said.index("modifié") : said.index("modifié") + 60]


async def test_a_page_of_a_long_record_reads_only_its_page(quiet_world: World, http: httpx.AsyncClient) -> None:
    """The alarm reads at most a batch besides, of what was not signed yet."""
    await auditor(quiet_world, http)
    await many(quiet_world, 10_000)
    assert await checkpoints.take(quiet_world.db, keyring=KEYRING, origin="x", now=quiet_world.now())
    read = 0

    def count(*_: Any) -> None:
        nonlocal read
        read += 1

    event.listen(Act, "load", count)
    try:
        page = await seen(http, by="crowd")
        for _ in range(3):
            page = Page(await http.get(RECORD + unescape(page.links["Plus anciens"])))
    finally:
        event.remove(Act, "load", count)
    assert len(page.acts) == 50
    assert read <= 4 * (50 + 1) < BATCH


async def many(world: World, number: int) -> None:
    """Add many acts at once."""
    async with world.db.transaction() as session:
        end, last = (await session.execute(text("SELECT seq, hash FROM record_heads"))).one()
        rows, at = [], world.now()
        for seq in range(end + 1, end + number + 1):
            row = {"seq": seq, "who": "crowd", "via": "api", "act": "show", "subject": f"resident {seq}"}
            row |= dict.fromkeys(("about", "old", "new", "reason"))
            last = chain.row_hash({**row, "at": chain.instant(at), "prev": last})
            rows.append({**row, "at": at, "hash": last})
        await session.execute(insert(Act), rows)
        await session.execute(RecordHead.__table__.update().values(seq=rows[-1]["seq"], hash=last))  # type: ignore[attr-defined]
