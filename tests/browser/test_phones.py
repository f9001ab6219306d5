"""The page of phones in a real browser: four residents, three languages, two channels, one count."""

from __future__ import annotations

import re
import unicodedata

from playwright.async_api import expect

from tests.browser.desk import Desk

_FAILURE = re.compile(r'Traceback|\w+Warning:|"level": "(error|critical)"', re.IGNORECASE)
_DIRECTIONS = "texts => texts.map(text => [text.textContent, getComputedStyle(text).direction])"


async def test_everyone_ends_with_a_receipt_of_their_own(desk: Desk) -> None:
    receipts = {resident.receipt for resident in desk.residents}
    assert None not in receipts
    assert len(receipts) == 4


async def test_what_they_answered_is_what_is_counted(desk: Desk) -> None:
    results = await desk.demo.results()
    assert (results.ballots, results.complete) == (4, 4)
    assert results.groups["channel"] == {"sms": None, "telegram": None}  # too few to show
    assert set(results.groups["language"]) == {"ar", "fr", "zgh"}
    for question in results.questions:
        chosen = [place for resident in desk.residents for place in resident.chosen.get(question.position, [])]
        counts = [answer.count for answer in question.answers]
        assert counts == [chosen.count(place) for place in range(len(counts))]
        assert question.values_given == (len(chosen) if counts else 4)


async def test_each_script_runs_its_own_way(desk: Desk) -> None:
    shown = await desk.page.locator('[data-role="bubble"] p').evaluate_all(_DIRECTIONS)
    assert [text for text, direction in shown if direction != _direction(text)] == []
    assert {direction for _, direction in shown} == {"ltr", "rtl"}


async def test_telegram_is_blocked_and_unblocked(desk: Desk) -> None:
    section = desk.residents[2].phone.section
    await section.get_by_role("button", name="Block", exact=True).click()
    await expect(section).to_contain_class("blocked")
    await section.get_by_role("button", name="Unblock").click()
    await expect(section).not_to_contain_class("blocked")
    await expect(section.get_by_role("button", name="Block", exact=True)).to_be_visible()


async def test_the_menu_sends_what_is_no_text(desk: Desk) -> None:
    """A voice message gets one line in reply, and does not count."""
    app, phone = (desk.residents[place].phone for place in (2, 0))
    await app.section.get_by_label("Other ways to send").select_option("Voice message")
    await app.heard()
    assert "[voice]" in (await app.everything())[-2]
    await phone.field.press_sequentially("merci")
    await phone.section.get_by_label("Other ways to send").select_option("With a picture (MMS)")
    await phone.heard()
    await desk.photograph("phones-menu")


async def test_everything_said_can_be_seen_at_once(desk: Desk) -> None:
    button = desk.page.get_by_role("button", name="Whole conversations")
    await button.click()
    phones = [resident.phone.section for resident in desk.residents]
    for phone in phones:
        assert await phone.get_by_role("log").evaluate("log => log.scrollHeight <= log.clientHeight")
    assert len({await phone.evaluate("phone => phone.offsetTop") for phone in phones}) == 1  # side by side
    await desk.photograph("phones")
    await button.click()


async def test_fits_a_narrow_screen(desk: Desk) -> None:
    wide = desk.page.viewport_size
    assert wide is not None
    await desk.page.set_viewport_size({"width": 320, "height": 700})
    await desk.photograph("phones-narrow")
    await desk.page.set_viewport_size(wide)


async def test_the_console_has_nothing_to_complain_of(desk: Desk) -> None:
    assert desk.browsing.troubles == []


async def test_what_was_said_outlives_the_process(desk: Desk) -> None:
    before = [await resident.phone.everything() for resident in desk.residents]
    code, printed = await desk.demo.interrupt()
    assert code in (0, 130)  # 130: ended by Ctrl-C
    assert not _FAILURE.search(printed), printed
    status = desk.page.get_by_role("status").first
    await expect(status).to_contain_text("does not answer")
    await desk.demo.start()
    await expect(status).to_contain_text("Service number")
    await desk.look()
    assert [await resident.phone.everything() for resident in desk.residents] == before
    fatima = desk.residents[0].phone
    await fatima.write("شكرا")
    assert "العربية" not in await fatima.text()  # a stranger would be asked for a language
    assert (await desk.demo.results()).ballots == 4


def _direction(text: str) -> str:
    """The direction of the first letter with one; digits count as left to right."""
    strong = [kind for letter in text if (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL")]
    return "rtl" if strong and strong[0] != "L" else "ltr"
