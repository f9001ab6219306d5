"""Replace letters of other scripts that look like Latin letters, and remove invisible ones (pure functions).

The tables are based on Unicode's list of confusable characters (UTS 39), limited to characters that phones and
keyboards can produce.
"""

from __future__ import annotations

_ROWS = (
    ("авекмнорстухіјѕԁԛԝһӏɡɑ", "abekmhopctyxijsdqwhlga"),  # Cyrillic and phonetic letters
    ("αβζηικμνορτυχγω", "abzhikmnoptyxyw"),  # Greek, in lower or upper case
    ("օոսցհյզռք", "onughjqnp"),  # Armenian
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),  # small capitals
    ("ⲁⲃⲉⲍⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "abezhikmnopctyx"),  # Coptic
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou"),  # Lisu
    ("ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃᏀ", "abcdehjklmprstvwzg"),  # Cherokee
)
_UNSEEN = "\u115f\u1160\u3164\uffa0\u2800"  # characters without a visible shape
_LATIN = str.maketrans(
    {
        **{form: latin for row, as_ in _ROWS for other, latin in zip(row, as_, strict=True)
           for form in {other, other.lower(), other.upper()}},
        **dict.fromkeys(_UNSEEN),
    }
)  # fmt: skip
_ALIKE = str.maketrans("01lہھەۀۃڪګۍېے", "oiiهههههككييي")


def in_latin(text: str) -> str:
    """Return a text in lower case, with look-alike letters replaced by Latin ones and invisible ones removed."""
    return text if text.isascii() else text.translate(_LATIN)


def shape(folded: str) -> str:
    """Reduce a folded text to its appearance. Texts that look alike give the same result; use it only to compare.

    Letters of Persian, Urdu, Kurdish and Pashto become the Arabic letters that they resemble.
    """
    return in_latin(folded).translate(_ALIKE).replace("rn", "m").replace("vv", "w")
