"""Tables as offices save them (CSV): any usual encoding and delimiter, found by the columns that are known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from babel.dates import get_month_names

from api.errors import Invalid
from api.text import encodings, spreadsheet

_DELIMITERS = ";\t,|"
_SEP = re.compile(r'"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n)', re.IGNORECASE)  # what Excel reads, and some programs write
_LOST = re.compile(r"[\W_]*")  # a cell of nothing but signs
_FEW = 3  # question marks in place of letters
_TIME = r"(?: 0{1,2}:00(?::00)?)?"
_DAY = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}")
_DAY_SHORT = re.compile(rf"(\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{2}}){_TIME}")  # with hyphens, the year may come first
_DAY_BACK = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}}){_TIME}")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_MONTH_NAMED = re.compile(r"([^\W\d_]+)\.?[ -](\d{4}|\d{2})")
_CENTURY = 2000  # of a year of two digits


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the names of its columns, and its rows, each with the line it begins in, counted as a person counts."""

    names: Sequence[str]
    _rows: Sequence[tuple[int, list[str]]]
    _marked: bool

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows that are not empty, by column. Raises Invalid, naming the line of one that does not fit."""
        for line, cells in self._rows:
            width, spare = len(self.names), cells[len(self.names) :]
            if any(spare) or 2 * len(cells) < width:
                raise Invalid(f"line {line}: it has not as many cells as there are columns; look for a quote")
            # Excel leaves out empty cells at the end of a row, of some rows.
            padded = [*cells[:width], *[""] * (width - len(cells))]
            if not self._marked and any(map(_lost, padded)):
                raise Invalid(f"line {line}: letters were lost as question marks: save the file as CSV UTF-8")
            yield line, {name: spreadsheet.plain(cell) for name, cell in zip(self.names, padded, strict=True)}


def read(data: bytes, known: Collection[str]) -> Table:
    """The table of a file. `known` are columns by which its delimiter is found. Raises Invalid, naming the line."""
    text = encodings.text(data)
    sep = _SEP.match(text)
    body = text[sep.end() :] if sep else text
    wanted = (sep.group(1) if sep else "") + _DELIMITERS
    try:
        header = max((_header(body, each) for each in wanted), key=lambda names: (len({*names} & {*known}), len(names)))
        delimiter = next(each for each in wanted if _header(body, each) == header)
        rows = _rows(body, delimiter, first=2 if sep else 1)
    except csv.Error as error:
        raise Invalid(f"the file is no CSV: {error}") from None
    return Table(header, rows[1:], encodings.marked(data))


def day(cell: str) -> str:
    """A day as YYYY-MM-DD, out of 31/12/2026, 31.12.26 or 2026/12/31: the day comes first, as here; else as it is."""
    given = cell.strip()
    found, back = _DAY.fullmatch(given) or _DAY_SHORT.fullmatch(given), _DAY_BACK.fullmatch(given)
    if found:
        return f"{_year(found.group(3))}-{int(found.group(2)):02}-{int(found.group(1)):02}"
    return f"{back.group(1)}-{int(back.group(2)):02}-{int(back.group(3)):02}" if back else cell


def month(cell: str) -> str:
    """A month as YYYY-MM, out of 11/2021, 01/11/2021, or the nov-21 that Excel makes of 2021-11; else as it is."""
    given = cell.strip()
    found, named = _MONTH.fullmatch(given), _MONTH_NAMED.fullmatch(given)
    if found:
        return f"{found.group(2)}-{int(found.group(1)):02}"
    if named and (number := _months().get(named.group(1).casefold())):
        return f"{_year(named.group(2))}-{number:02}"
    whole = day(given)
    return whole[:7] if whole != given or _DAY_BACK.fullmatch(given) else cell


def _header(text: str, delimiter: str) -> list[str]:
    """The names of the columns, as far as there are any."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        first = next((row for row in table if any(cell.strip() for cell in row)), [])
    except csv.Error:  # it is parted by something else
        return []
    names = [cell.strip().casefold() for cell in first]
    while names and not names[-1]:
        names.pop()
    return names


def _rows(text: str, delimiter: str, *, first: int) -> list[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins in."""
    found, table = [], csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = first
    for row in table:
        if any(cell.strip() for cell in row):
            found.append((begins, row))
        begins = table.line_num + first
    return found


def _lost(cell: str) -> bool:
    return cell.count("?") >= _FEW and _LOST.fullmatch(cell) is not None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else _CENTURY + int(digits)


@cache
def _months() -> dict[str, int]:
    """The number of each month by its name, whole or cut short, as Excel writes it in the languages of offices here."""
    found = {}
    for locale in ("fr", "ar_MA", "ar", "en"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=locale).items():
                found[name.casefold().rstrip(".")] = number
    return found
