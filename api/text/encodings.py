"""The text of a file as offices save it: in which encoding it surely is, or in which line that cannot be told.

In order: a byte order mark; UTF-8; UTF-16; then what reads as French or Arabic, in the two encodings of Windows first.
charset-normalizer proposes others. It is never trusted alone: it guesses wrong on short texts, and takes French for
Arabic; what a person would see on the screen decides.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

from api.errors import Invalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WINDOWS = ("cp1252", "cp1256")  # Windows set to French, and to Arabic
_OTHERS = ("mac_roman", "cp850")  # a Mac, and Excel's "CSV (MS-DOS)"
_AS_UTF8 = "save it as UTF-8 (in Excel: CSV UTF-8)"

_ARABIC = "\u0621-\u063a\u0640-\u0652پچژڤگ"
_ACCENTED = "àâäæçèéêëîïñóôöùúûüÿáíœÀÂÄÆÇÈÉÊËÎÏÑÓÔÖÙÚÛÜŸÁÍŒ"
_SIGNS = "«»‘’“”…–—•·×÷°º²³½€§©®™¡¿،؛؟\u00a0\u200c-\u200f"
_ALONE = "àÀôÔوأابجده"  # words and letters of a list that stand alone
_FITTING = re.compile(rf"[\t\r\n\x20-\x7e{_ARABIC}{_ACCENTED}{_SIGNS}]*")
_WORD = re.compile(rf"[A-Za-z{_ACCENTED}{_ARABIC}]+")
_ODD_WORD = re.compile(
    rf"(?=.*[{_ARABIC}]).*[A-Za-z{_ACCENTED}]"  # two scripts in one word
    rf"|.*[a-zà-ÿœ][À-ÞŒ]|.*[A-Za-z][À-ÞŒ][a-zà-ÿœ]|.*[A-Z][à-ÿœ][A-Z]"  # capitals and small letters mixed up
    rf"|(?![Çç][àÀ]$)[{_ACCENTED}]{{2,}}$"  # no plain letter at all
    rf"|(?![{_ALONE}])[{_ACCENTED}{_ARABIC}]$"
)
_ODD_SIGN = re.compile(
    rf"[A-Za-z{_ACCENTED}{_ARABIC}][“”‘…—•×÷½€§©®™¡¿،؛؟][A-Za-z{_ACCENTED}{_ARABIC}]"  # within a word
    r"|(?<![\w°])[²³º]|\w[¡¿]"
)
_OURS = re.compile("[\\x00-\\u024f\\u0600-\\u06ff\\u2000-\\u22ff\\u2d30-\\u2d7f]")  # Tifinagh among them
_MOST = 0.9  # of all letters
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def text(data: bytes) -> str:
    """The text of a file, without its byte order mark. Raises Invalid, naming the line, if it cannot be surely read."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    whole = _decoded(data, "utf-8")
    if whole is not None and not _CONTROL.search(whole):
        return whole
    if whole is not None or b"\x00" in data:
        wide = [found for name in ("utf-16-le", "utf-16-be") if _wide(found := _decoded(data, name) or "")]
        return whole if whole is not None and len(wide) != 1 else _only(wide, data, "utf-16-le")
    return _by_eye(data)


def marked(data: bytes) -> bool:
    """Whether a byte order mark tells the encoding."""
    return any(data.startswith(mark) for mark, _ in _MARKS)


def fits(found: str) -> bool:
    """Whether a text reads as French, Arabic, or both, with the signs that offices use."""
    return _misfit(found) is None


def _wide(found: str) -> bool:
    """Whether a text that was read as UTF-16 is one: other bytes read so are mostly letters of the Far East."""
    return bool(found) and not _CONTROL.search(found) and len(_OURS.findall(found)) >= _MOST * len(found)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise Invalid(f"line {line} is damaged: it is not {encoding.upper()}, as which the file begins") from None


def _by_eye(data: bytes) -> str:
    """One byte a letter, or damaged UTF-8."""
    seen = data.decode("utf-8", "replace")
    whole = len(re.findall(r"[^\x00-\x7f\ufffd]", seen))
    if whole > seen.count("\ufffd"):
        line = seen[: seen.index("\ufffd")].count("\n") + 1
        raise Invalid(f"line {line} is damaged: all else is UTF-8; {_AS_UTF8}")
    found = _readings(data, _WINDOWS) or _readings(data, (*_OTHERS, *_proposed(data)))
    return _only(found, data, _WINDOWS[0])


def _proposed(data: bytes) -> Iterator[str]:
    return (each.encoding for each in from_bytes(data) if not each.encoding.startswith("utf"))


def _readings(data: bytes, names: Iterable[str]) -> list[str]:
    """The different texts that a file may be, in these encodings."""
    found = (_decoded(data, name) for name in names)
    return list(dict.fromkeys(each for each in found if each is not None and fits(each)))


def _only(found: list[str], data: bytes, likeliest: str) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        pairs = zip(*(each.splitlines() for each in found), strict=False)
        line = next((place for place, lines in enumerate(pairs, 1) if len(set(lines)) > 1), 1)
    else:
        line = _misfit(data.decode(likeliest, "replace")) or 1
    raise Invalid(f"line {line} cannot be read with certainty: {_AS_UTF8}")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _misfit(found: str) -> int | None:
    """The first line, counted from 1, that does not read as French or Arabic."""
    for place, line in enumerate(found.split("\n"), start=1):
        if not _FITTING.fullmatch(line) or _ODD_SIGN.search(line):
            return place
        if any(not word.isascii() and _ODD_WORD.match(word) for word in _WORD.findall(line)):
            return place
    return None
