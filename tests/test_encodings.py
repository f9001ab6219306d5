"""Encodings of files are detected: typical French, Arabic and Spanish texts, as a whole and line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import Invalid
from api.text import encodings

FRENCH = (
    "Élaboration du plan d’action de la Région ; L’eau potable dans les douars", "PRÉFECTURE DE M'DIQ-FNIDEQ",
    "École primaire à Tétouan – réhabilitation", "Où ? « Là-bas », dit-il… 12 000 €", "Cœur de ville n° 5",
    "État d'avancement", "À faire", "Garçon, août, Noël, maïs", "ÉLÈVES ÉGARÉS", "Çà et là", "Forêt à 25 °C", "L'ÉTÉ",
    "Al Hoceïma, Fahs-Anjra, Ouezzane", "Budget exécuté : 3,5 M€", "Élu·e·s de l’Assemblée",
)  # fmt: skip
SPANISH = ("España, año, niño", "¿Cómo está? ¡Aquí!", "Reunión en Chefchaouen")
ARABIC = (
    "الولوج إلى المعلومات", "المنصة الرقمية، والميزانية المفتوحة؛ هل؟", "مشاركة المواطنات والمواطنين",
    "أ) الماء ب) الطريق",
    "وَ الماءُ", "مدرسة", "ماء", "لا", "الحسيمة", "طنجة - تطوان - الحسيمة 2026", "«دار الشباب»",
)  # fmt: skip
MIXED = ("OGP;الشراكة الحكومية المنفتحة;Tanger", "Projet général;مشروع", "l'été;صيف")


def _encodable(lines: tuple[str, ...], encoding: str) -> list[str]:
    return [line for line in lines if line.encode(encoding, "ignore").decode(encoding) == line]


@pytest.mark.parametrize(
    ("encoding", "lines"),
    [
        ("cp1252", (*FRENCH, *SPANISH)),
        ("cp1256", (*ARABIC, *MIXED, "Région de l’été, à côté")),
        *((name, (*FRENCH, *SPANISH, *ARABIC, *MIXED, "ⴰⵣⵓⵍ")) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        *((name, (*FRENCH, *ARABIC, *MIXED, "ⴰⵣⵓⵍ;تنمية")) for name in ("utf-16-le", "utf-16-be")),
    ],
    ids=["cp1252", "cp1256", "utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"],
)
def test_each_line_alone_and_all_together_are_read_as_they_were_written(encoding: str, lines: tuple[str, ...]) -> None:
    fitting = _encodable(lines, encoding)
    assert len(fitting) >= len(lines) - 1
    for text in (*fitting, "\r\n".join(fitting), "\n".join(reversed(fitting))):
        assert encodings.decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_what_a_mac_or_dos_wrote_is_read_as_a_whole(encoding: str) -> None:
    whole = "\r\n".join(_encodable(FRENCH, encoding))
    assert encodings.decode(whole.encode(encoding)) == whole


@pytest.mark.parametrize("name", ["cp1252", "cp1256", "utf-16-le", "utf-16-be", "mac_roman", "cp850", "iso8859_6"])
@given(lines=st.lists(st.sampled_from([*FRENCH, *ARABIC, *MIXED]), min_size=4, unique=True))
def test_a_table_is_read_right_or_refused_and_never_read_wrong(name: str, lines: list[str]) -> None:
    text = "\r\n".join(_encodable(tuple(lines), name))
    if len(text) < 60 and name in ("mac_roman", "cp850", "iso8859_6"):
        return  # too short to tell
    try:
        assert encodings.decode(text.encode(name)) == text
    except Invalid:
        assert name not in ("cp1252", "cp1256", "utf-16-le", "utf-16-be")


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))))
def test_utf_8_is_read_whatever_it_holds(text: str) -> None:
    assert encodings.decode(b"\xef\xbb\xbf" + text.encode()) == text
    assert encodings.decode(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a\r\nb\r\n\x98\x9d\x81", "line 3 has letters in an unknown encoding"),
        ("Région\nété\n".encode() + b"l\xe9" + "à côté".encode(), "line 3 is damaged: it is not UTF-8"),
        (b"\xef\xbb\xbfa\n\xe9t\xe9", "line 2 is damaged: the file is marked as UTF-8, but this line is not"),
        ("a\nب".encode("utf-16")[:-1], "line 2 is damaged: the file is marked as UTF-16"),
        (
            "Région".encode("cp1252") + b"\n" + "الجهة".encode("cp1256") + b" \xc9cole",
            "line 2 has letters in an unknown",
        ),
    ],
    ids=range(5),
)
def test_what_is_not_certain_is_refused_in_one_sentence_with_its_line(data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        encodings.decode(data)
    assert len(str(refused.value).splitlines()) == 1
