"""Texts of 4,096 letters that once took seconds or raised, and a strategy for any such text."""

from __future__ import annotations

from hypothesis import strategies as st

LONGEST = 4096


def filled(*pieces: str) -> str:
    """Repeat these pieces to the length of the longest message."""
    text = "".join(pieces) or " "
    return (text * (LONGEST // len(text) + 1))[:LONGEST]


# Texts that expand when folded, that are peeled layer by layer, and that quadratic patterns or long runs suffer from.
TEXTS = {
    "ligature": filled("\ufdfa"), "ffi": filled("\ufb03"), "circled": filled("\u3251"), "grows": filled("\u0390"),
    "hands": filled("🙏"), "thumbs": filled("👍"), "tifinagh": filled("ⴰⵎⴰⵏ "), "joiners": filled("a\u200b"),
    "marks": "a" + "\u0301" * 2000 + "\u0323" * 2000, "mixed marks": filled("\u0301\u0323"),
    "merci": filled("merci, "), "merci.": filled("merci. "), "salam": filled("salam,merci,"),
    "long merci": filled("merci" * 100, ", "), "stop lines": filled("stop\n"), "stop.": filled("stop. a. "),
    "a.": filled("a."), "a@": filled("a@"), "(at)": filled("a(at)"), "spaces": " " * (LONGEST - 1) + "x",
    "men": filled("من "), "1 men": filled("1 من "), "et": filled("et "), "la": filled("de la "),
    "idea": "idee " + filled("un pont ")[5:], "status": "status " + filled("a ")[7:], "vingt": filled("quatre vingt "),
    "digits": filled("9"), "ones": filled("1 "), "commas": filled("1,"), "thousands": filled("111 "),
    "pairs": filled("1:5 "), "a5": filled("a5 "), "quoted": 'a"' + filled('" ')[2:], "open quote": 'a"' + " " * 4000,
    "plus": filled("+1"), "bracket": filled("1 (2"), "short numbers": filled("0612 "), "slash": filled("1/1/"),
    "words": filled("x" * 511, " "), "oui non": filled("oui non "), "questions": filled("? "),
}  # fmt: skip
_ATOMS = (
    "a", "1", "9", "é", "ﷺ", "ﬃ", "①", "㉑", "🙏", "👎", "و", "من", "ⴰ", "merci", "salam", "stop", "idee", "oui", "non",
    "vingt", "et", "d", "de", "0612", "@", "(at)", "+", "/", ":", "=", "-", "(", '"', "«", "?", ".", ",", "\n", " ",
    "\u0301", "\u0323", "\u0651", "\u0640", "\u200b", "\u202e", "\u00ad", "\ufeff", "\U0001f3fd", "\u0000",
)  # fmt: skip
# A few pieces repeated to the end, with other text before and after.
any_longest = st.builds(
    lambda head, tune, tail: (head + filled(*tune))[: LONGEST - len(tail)] + tail,
    st.text(max_size=8),
    st.lists(st.sampled_from(_ATOMS), min_size=1, max_size=5),
    st.text(max_size=8),
)
