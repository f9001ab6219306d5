"""Count the segments of an SMS independently of Sawt's own counter. A difference reveals an error in one of them."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")


def count_parts(text: str) -> int:
    """Return the number of SMS segments of a text, by 3GPP TS 23.038 and 23.040.

    A single segment has room for 160 GSM-7 or 70 UTF-16 units. If there are several, each has room for 153 or 67. A
    character is never split.
    """
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        return _fill([2 if letter in _EXTENDED else 1 for letter in text], single=160, joined=153)
    return _fill([2 if ord(letter) > 0xFFFF else 1 for letter in text], single=70, joined=67)


def _fill(units: list[int], *, single: int, joined: int) -> int:
    if sum(units) <= single:
        return 1
    parts, used = 1, 0
    for unit in units:
        if used + unit > joined:
            parts, used = parts + 1, 0
        used += unit
    return parts
