"""Letters of other scripts that look like Latin ones, and letters that nobody sees. Pure.

After the lists of confusable characters of Unicode (UTS 39), as far as somebody's phone or keyboard can write them.
"""

from __future__ import annotations

_ROWS = (
    ("авекмнорстухіјѕԁԛԝһӏɡɑ", "abekmhopctyxijsdqwhlga"),  # Cyrillic, and signs of phonetics
    ("αβζηικμνορτυχγω", "abzhikmnoptyxyw"),  # Greek, as its small or its capital letter looks
    ("օոսցհյզռք", "onughjqnp"),  # Armenian
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),  # small capitals
    ("ⲁⲃⲉⲍⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "abezhikmnopctyx"),  # Coptic
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou"),  # Lisu
    ("ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃᏀ", "abcdehjklmprstvwzg"),  # Cherokee
)
_UNSEEN = "\u115f\u1160\u3164\uffa0\u2800"  # fillers: letters, or a sign, without a shape
_LATIN = str.maketrans(
    {
        **{form: latin for row, as_ in _ROWS for other, latin in zip(row, as_, strict=True)
           for form in {other, other.lower(), other.upper()}},
        **dict.fromkeys(_UNSEEN),
    }
)  # fmt: skip
_ALIKE = str.maketrans("01lہھەۀۃڪګۍېے", "oiiهههههككييي")


def in_latin(text: str) -> str:
    """The text with each such letter as the small Latin one it looks like, and without letters that nobody sees."""
    return text if text.isascii() else text.translate(_LATIN)


def shape(folded: str) -> str:
    """What a folded text looks like at a glance: two that look alike have the same; it is for comparing only.

    Arabic letters of Persian, Urdu, Kurdish and Pashto are as their Arabic ones.
    """
    return in_latin(folded).translate(_ALIKE).replace("rn", "m").replace("vv", "w")
