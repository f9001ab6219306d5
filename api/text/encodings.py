"""Decode files that office programs saved, if their encoding is certain. Otherwise name the first doubtful line.

The encodings are tried in order: that of a byte order mark; UTF-8; UTF-16; two of Windows; then two older ones and
those that charset-normalizer proposes. That library is not trusted alone, because it fails on short texts and takes
French for Arabic. Therefore a text in any encoding after UTF-16 must also read as French or Arabic.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

from api.errors import Invalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WINDOWS = ("cp1252", "cp1256")  # Windows in French and in Arabic
_OTHERS = ("mac_roman", "cp850")  # macOS, and Excel's "CSV (MS-DOS)"
_AS_UTF8 = "save the file as UTF-8 (in Excel: CSV UTF-8)"

_ARABIC = "\u0621-\u063a\u0640-\u0652پچژڤگ"
_ACCENTED = "àâäæçèéêëîïñóôöùúûüÿáíœÀÂÄÆÇÈÉÊËÎÏÑÓÔÖÙÚÛÜŸÁÍŒ"
_SIGNS = "«»‘’“”…–—•·×÷°º²³½€§©®™¡¿،؛؟\u00a0\u200c-\u200f"
_ALONE = "àÀôÔوأابجده"  # words of one letter, and letters that number a list
_FITTING = re.compile(rf"[\t\r\n\x20-\x7e{_ARABIC}{_ACCENTED}{_SIGNS}]*")
_WORD = re.compile(rf"[A-Za-z{_ACCENTED}{_ARABIC}]+")
_ODD_WORD = re.compile(
    rf"(?=.*[{_ARABIC}]).*[A-Za-z{_ACCENTED}]"  # two scripts in one word
    rf"|.*[a-zà-ÿœ][À-ÞŒ]|.*[A-Za-z][À-ÞŒ][a-zà-ÿœ]|.*[A-Z][à-ÿœ][A-Z]"  # mixed upper and lower case
    rf"|(?![Çç][àÀ]$)[{_ACCENTED}]{{2,}}$"  # accented letters only
    rf"|(?![{_ALONE}])[{_ACCENTED}{_ARABIC}]$"
)
_ODD_SIGN = re.compile(
    rf"[A-Za-z{_ACCENTED}{_ARABIC}][“”‘…—•×÷½€§©®™¡¿،؛؟][A-Za-z{_ACCENTED}{_ARABIC}]"  # within a word
    r"|(?<![\w°])[²³º]|\w[¡¿]"
)
_OURS = re.compile("[\\x00-\\u024f\\u0600-\\u06ff\\u2000-\\u22ff\\u2d30-\\u2d7f]")  # includes Tifinagh
_MOST = 0.9  # minimum share of these characters in a plausible UTF-16 text
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


def decode(data: bytes) -> str:
    """Return the text of a file, without its byte order mark.

    Raises Invalid, with the line, if the encoding is not certain.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    whole = _decoded(data, "utf-8")
    if whole is not None and not _CONTROL.search(whole):
        return whole
    if whole is not None or b"\x00" in data:
        wide = [decoded for name in ("utf-16-le", "utf-16-be") if _wide(decoded := _decoded(data, name) or "")]
        return whole if whole is not None and len(wide) != 1 else _only(wide, data, "utf-16-le")
    return _by_eye(data)


def has_mark(data: bytes) -> bool:
    """Return whether the file starts with a byte order mark."""
    return any(data.startswith(mark) for mark, _ in _MARKS)


def fits(decoded: str) -> bool:
    """Return whether a text reads as French, Arabic or both. It may contain the signs that office programs write."""
    return _misfit(decoded) is None


def _wide(decoded: str) -> bool:
    """Return whether a text decoded as UTF-16 is plausible."""
    # other files decode to mostly East Asian characters
    return bool(decoded) and not _CONTROL.search(decoded) and len(_OURS.findall(decoded)) >= _MOST * len(decoded)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise Invalid(
            f"line {line} is damaged: the file is marked as {encoding.upper()}, but this line is not valid "
            f"{encoding.upper()}"
        ) from None


def _by_eye(data: bytes) -> str:
    """Return the text of a file in the one-byte encoding in which it reads as French or Arabic.

    Raises Invalid if the file is damaged, or if its encoding is not certain.
    """
    lenient = data.decode("utf-8", "replace")
    intact = len(re.findall(r"[^\x00-\x7f\ufffd]", lenient))
    if intact > lenient.count("\ufffd"):
        line = lenient[: lenient.index("\ufffd")].count("\n") + 1
        raise Invalid(f"line {line} is damaged: it is not UTF-8, unlike the rest of the file; {_AS_UTF8}")
    readings = _readings(data, _WINDOWS) or _readings(data, (*_OTHERS, *_proposed(data)))
    return _only(readings, data, _WINDOWS[0])


def _proposed(data: bytes) -> Iterator[str]:
    return (each.encoding for each in from_bytes(data) if not each.encoding.startswith("utf"))


def _readings(data: bytes, names: Iterable[str]) -> list[str]:
    """Return the different texts that read as French or Arabic when a file is decoded in these encodings."""
    decoded = (_decoded(data, name) for name in names)
    return list(dict.fromkeys(each for each in decoded if each is not None and fits(each)))


def _only(readings: list[str], data: bytes, likeliest: str) -> str:
    if len(readings) == 1:
        return readings[0]
    if readings:
        pairs = zip(*(each.splitlines() for each in readings), strict=False)
        line = next((place for place, lines in enumerate(pairs, 1) if len(set(lines)) > 1), 1)
    else:
        line = _misfit(data.decode(likeliest, "replace")) or 1
    raise Invalid(f"line {line} has letters in an unknown encoding: {_AS_UTF8}")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _misfit(decoded: str) -> int | None:
    """Return the number of the first line that does not read as French or Arabic; None if all do."""
    for place, line in enumerate(decoded.split("\n"), start=1):
        if not _FITTING.fullmatch(line) or _ODD_SIGN.search(line):
            return place
        if any(not word.isascii() and _ODD_WORD.match(word) for word in _WORD.findall(line)):
            return place
    return None
