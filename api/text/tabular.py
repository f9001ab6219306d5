"""Read CSV files that office programs saved. The encoding and the delimiter are detected."""

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
_SEP = re.compile(r'"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n)', re.IGNORECASE)  # a first line that names the delimiter for Excel
_LOST = re.compile(r"[\W_]*")  # a cell without letters or digits
_FEW = 3  # minimum question marks in a cell that show that letters were lost
_TIME = r"(?: 0{1,2}:00(?::00)?)?"
_DAY = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}")
_DAY_SHORT = re.compile(rf"(\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{2}}){_TIME}")  # no hyphens: the year could come first
_DAY_BACK = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}}){_TIME}")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_MONTH_NAMED = re.compile(r"([^\W\d_]+)\.?[ -](\d{4}|\d{2})")
_CENTURY = 2000  # for years of two digits


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its column names and its rows, each with the number of the line on which it begins."""

    names: Sequence[str]
    _rows: Sequence[tuple[int, list[str]]]
    _marked: bool

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the line number of each row that is not empty, and its cells by column.

        Raises Invalid, with the line, for a malformed row.
        """
        for line, cells in self._rows:
            width, spare = len(self.names), cells[len(self.names) :]
            if any(spare) or 2 * len(cells) < width:
                raise Invalid(
                    f"line {line}: the number of cells differs from the number of columns; look for a missing or "
                    "extra quotation mark"
                )
            # Excel omits empty cells at the end of some rows.
            padded = [*cells[:width], *[""] * (width - len(cells))]
            if not self._marked and any(map(_lost, padded)):
                raise Invalid(
                    f"line {line}: some letters were replaced by question marks; save the file again as CSV UTF-8"
                )
            yield line, {name: spreadsheet.plain(cell) for name, cell in zip(self.names, padded, strict=True)}


def read(data: bytes, known: Collection[str]) -> Table:
    """Read a CSV file. It uses the delimiter that gives the most column names in `known`.

    Raises Invalid, with the line if it is known.
    """
    text = encodings.decode(data)
    sep = _SEP.match(text)
    body = text[sep.end() :] if sep else text
    wanted = (sep.group(1) if sep else "") + _DELIMITERS
    try:
        header = max((_header(body, each) for each in wanted), key=lambda names: (len({*names} & {*known}), len(names)))
        delimiter = next(each for each in wanted if _header(body, each) == header)
        rows = _rows(body, delimiter, first=2 if sep else 1)
    except csv.Error as error:
        raise Invalid(f"the file is not valid CSV: {error}") from None
    return Table(header, rows[1:], encodings.has_mark(data))


def day(cell: str) -> str:
    """Convert 31/12/2026, 31.12.26 or 2026/12/31 to YYYY-MM-DD. Any other text is returned unchanged.

    In 01/02/2026, 01 is the day.
    """
    text = cell.strip()
    match, reverse = _DAY.fullmatch(text) or _DAY_SHORT.fullmatch(text), _DAY_BACK.fullmatch(text)
    if match:
        return f"{_year(match.group(3))}-{int(match.group(2)):02}-{int(match.group(1)):02}"
    return f"{reverse.group(1)}-{int(reverse.group(2)):02}-{int(reverse.group(3)):02}" if reverse else cell


def month(cell: str) -> str:
    """Convert 11/2021, 01/11/2021 or nov-21 (Excel's form of 2021-11) to YYYY-MM. Any other text is unchanged."""
    text = cell.strip()
    match, named = _MONTH.fullmatch(text), _MONTH_NAMED.fullmatch(text)
    if match:
        return f"{match.group(2)}-{int(match.group(1)):02}"
    if named and (number := _months().get(named.group(1).casefold())):
        return f"{_year(named.group(2))}-{number:02}"
    whole = day(text)
    return whole[:7] if whole != text or _DAY_BACK.fullmatch(text) else cell


def _header(text: str, delimiter: str) -> list[str]:
    """Return the column names: the cells of the first row that is not empty."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        first = next((row for row in table if any(cell.strip() for cell in row)), [])
    except csv.Error:  # the file has a different delimiter
        return []
    names = [cell.strip().casefold() for cell in first]
    while names and not names[-1]:
        names.pop()
    return names


def _rows(text: str, delimiter: str, *, first: int) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the number of the line on which it begins."""
    rows, table = [], csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = first
    for row in table:
        if any(cell.strip() for cell in row):
            rows.append((begins, row))
        begins = table.line_num + first
    return rows


def _lost(cell: str) -> bool:
    return cell.count("?") >= _FEW and _LOST.fullmatch(cell) is not None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else _CENTURY + int(digits)


@cache
def _months() -> dict[str, int]:
    """Return month numbers by month name, full or abbreviated, in the languages of local offices."""
    numbers = {}
    for locale in ("fr", "ar_MA", "ar", "en"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=locale).items():
                numbers[name.casefold().rstrip(".")] = number
    return numbers
