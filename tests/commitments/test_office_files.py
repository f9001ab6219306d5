"""A plan's file as offices save it: delimiters, encodings, dates of spreadsheets, rows of other lengths."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api.commitments.files import exchange, importing
from api.commitments.schemas import CommitmentIn
from api.errors import Invalid
from api.text import tabular
from tests.commitments.plans import CODE, commitments

Row = list[str]
FRENCH = {
    "problem": {"fr": "L’accès à l’eau ; l’été, les douars n’en ont « guère »…"},
    "action": {"fr": "Équiper 12 écoles\r\nÀ Chefchaouen, puis à Ouezzane"},
    "institutions": ["Région", "Préfecture de M’diq-Fnideq"],
    "starts_on": "2021-11", "ends_on": "2026-12", "provinces": ["01.571", "01.151"],
}  # fmt: skip
ARABIC = {
    "problem": {"ar": "الولوج إلى الماء الصالح للشرب؛ في فصل الصيف، لا يصل إلى الدواوير"},
    "action": {"ar": "تجهيز 12 مدرسة\r\nبشفشاون ثم وزان"},
    "institutions": ["جهة طنجة تطوان الحسيمة"], "starts_on": "2021-11", "provinces": ["01.571"],
}  # fmt: skip


def with_texts(more: dict[str, Any], *, latin: bool) -> list[CommitmentIn]:
    """Return commitments that one Windows code page can encode: French, or French and Arabic; no Tifinagh."""
    text = {"ar": "titre", "fr": "Région à l’écoute", "zgh": "titre"} if latin else {}
    text = text or {"ar": "إصلاح الإدارة", "fr": "Région", "zgh": "titre"}
    steps = [
        {"number": 1, "title": text, "due_on": "2026-12-31", "operational": {"status": "done", "on": "2026-03-04"}}
    ]
    bodies = [{"number": number, "title": text, "milestones": steps, **more} for number in (1, 2)]
    return [CommitmentIn.model_validate(each) for each in bodies]


def table(records: list[CommitmentIn]) -> list[Row]:
    """Return the cells of our own export."""
    text = exchange.to_csv(records, CODE).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def saved(rows: list[Row], *, delimiter: str = ";", encoding: str = "utf-8", before: str = "") -> bytes:
    """Return rows as a program saves them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return (before + out.getvalue()).encode(encoding)


@pytest.mark.parametrize("before", ["", "sep", '"sep'])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
@pytest.mark.parametrize(
    ("encoding", "latin"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-16-le", False),
        ("cp1252", True),
        ("cp1256", False),
    ],
)
def test_any_delimiter_and_encoding(before: str, delimiter: str, encoding: str, latin: bool) -> None:
    expected = with_texts(FRENCH if latin else ARABIC, latin=latin)
    first = {"": "", "sep": f"sep={delimiter}\r\n", '"sep': f'"sep={delimiter}"\r\n'}[before]
    data = saved(table(expected), delimiter=delimiter, encoding=encoding, before=first)
    assert importing.parse(data, CODE) == expected


def _cells(change: Callable[[str, str], str]) -> Callable[[list[Row]], list[Row]]:
    def changed(rows: list[Row]) -> list[Row]:
        names = rows[0]
        return [names, *([change(name, cell) for name, cell in zip(names, row, strict=True)] for row in rows[1:])]

    return changed


def _dated(pattern: str) -> Callable[[list[Row]], list[Row]]:
    def change(name: str, cell: str) -> str:
        return date.fromisoformat(cell).strftime(pattern) if len(cell) == 10 and name.endswith("_on") else cell

    return _cells(change)


def _swapped(**cells: str) -> Callable[[list[Row]], list[Row]]:
    return _cells(lambda name, cell: cells.get(name, cell) if cell else cell)


def _shortened(rows: list[Row]) -> list[Row]:
    return [row[:-12] if row[0] == "commitment" else row for row in rows]


def _longer(rows: list[Row]) -> list[Row]:
    return [[*row, "x"] if row[0] == "milestone" else row for row in rows]


def _emptied(rows: list[Row]) -> list[Row]:
    width = len(rows[0])
    return [[""] * width, *rows[:2], [" "] * width, *rows[2:], [""] * width, [], [""]]


CHANGES: dict[str, Callable[[list[Row]], list[Row]]] = {
    "dd/mm/yyyy": _dated("%d/%m/%Y"),
    "dd/mm/yy": _dated("%d/%m/%y"),
    "dd.mm.yyyy": _dated("%d.%m.%Y"),
    "yyyy/mm/dd": _dated("%Y/%m/%d"),
    "with a time": _dated("%d/%m/%Y 00:00:00"),
    "months as Excel shows them": _swapped(starts_on="nov-21", ends_on="déc.-26"),
    "months as days": _swapped(starts_on="01/11/2021", ends_on="12/2026"),
    "Arabic months": _swapped(starts_on="نونبر-21", ends_on="دجنبر 2026"),
    "zeros lost": _swapped(provinces="1.571;1,151"),
    "empty rows": _emptied,
    "empty columns": lambda rows: [[*row, "", ""] for row in rows],
    "short rows": _shortened,
    "columns in another order": lambda rows: [row[::-1] for row in rows],
    "names in capitals": lambda rows: [[f" {name.upper()}" for name in rows[0]], *rows[1:]],
    "numbers with zeros": _swapped(milestone_number="01"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_spreadsheet_changed_is_read_as_it_was(change: str) -> None:
    expected = with_texts(FRENCH, latin=True)
    rows = CHANGES[change](table(expected))
    assert importing.parse(saved(rows), CODE) == expected


WHOLE, BARE = table(with_texts(FRENCH, latin=True)), table(with_texts({}, latin=True))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (saved(_dated("%m/%d/%Y")(WHOLE)), "line 4, column milestone_due_on: write the date as"),
        (saved(_swapped(starts_on="13/2021")(WHOLE)), "line 2, column starts_on: write the month"),
        (saved(_swapped(title_ar="?????? ?????")(WHOLE)), "line 2: some letters were replaced"),
        (saved([*BARE, ["commitment", "3"]]), "line 6: the number of cells differs"),
        (saved(_longer(BARE)), "line 3: the number of cells differs"),
        (saved(BARE, encoding="cp1252") + b"\x98\x9d", "line 6 has letters in an unknown encoding"),
        (saved(BARE, before="sep=;\r\n") + b"commitment;x", "line 7: the number of cells differs"),
    ],
    ids=range(7),
)
def test_unreadable_cells_are_reported_with_their_line(data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        importing.parse(data, CODE)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_an_export_in_either_dialect_comes_back_in_the_one_we_write(delimiter: str) -> None:
    expected = [CommitmentIn.model_validate(each) for each in commitments(date(2026, 11, 24))]
    data = exchange.to_csv(expected, CODE)
    again = saved(table(expected), delimiter=delimiter, encoding="utf-8-sig")
    assert exchange.to_csv(importing.parse(again, CODE), CODE) == data


@pytest.mark.parametrize(
    ("cell", "day", "month"),
    [
        ("2026-12-31", "2026-12-31", "2026-12"), ("31/12/2026", "2026-12-31", "2026-12"),
        ("1/2/26", "2026-02-01", "2026-02"),
        ("26-10-01", "26-10-01", "26-10-01"), ("2026-12", "2026-12", "2026-12"), ("", "", ""), ("soon", "soon", "soon"),
        ("mars 2027", "mars 2027", "2027-03"), ("Août-27", "Août-27", "2027-08"),
    ],
)  # fmt: skip
def test_days_and_months(cell: str, day: str, month: str) -> None:
    assert (tabular.day(cell), tabular.month(cell)) == (day, month)
