"""The catalogs: every sentence a resident sees, in three languages and the two scripts of Tamazight."""

from __future__ import annotations

import gettext
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from api.errors import Untranslated
from api.text import bidi
from api.text.tifinagh import to_latin

LANGUAGES = ("ar", "fr", "zgh")

# The primary subtags (IANA's registry) that apps and browsers may name, and which language of ours each stands for.
_TAGS = {"ar": "ar", "fr": "fr", "zgh": "zgh", "ber": "zgh", "tzm": "zgh", "shi": "zgh", "rif": "zgh", "kab": "zgh"}

_AND = {"ar": " و", "fr": " et ", "zgh": " ⴷ "}

Forms = tuple[str, ...]  # one text, or one for each plural form of the language


@dataclass(frozen=True)
class Voice:
    """How one person is spoken to: a language, and for Tamazight a script."""

    language: str
    latin: bool
    said: Mapping[str, Forms]
    plural: Callable[[int], int]

    def __call__(self, message: str, /, **values: object) -> str:
        """The sentence of that name with its values filled in; `count` chooses among the forms of a plural.

        A value whose letters run the other way is kept to itself. Raises Untranslated where the catalog has none.
        """
        forms = self.said.get(message)
        if not forms:
            raise Untranslated(f"{message} is missing in {self.language}")
        count = values.get("count")
        form = forms[self.plural(count)] if isinstance(count, int) and len(forms) > 1 else forms[0]
        return self.write(form.format_map({name: self._apart(value) for name, value in values.items()}))

    def pick(self, words: Mapping[str, str]) -> str:
        """The text of this language among three. Raises Untranslated where it is missing; never another language."""
        found = words.get(self.language)
        if not found:
            raise Untranslated(f"a text is missing in {self.language}")
        return self.write(found)

    def listed(self, items: Iterable[object]) -> str:
        """Several things in a row, with the comma of the language."""
        return ("، " if self.language == "ar" else ", ").join(map(str, items))

    def joined(self, items: Iterable[object]) -> str:
        """Several things in a row, the last one behind an "and": "1, 2 et 3"."""
        *first, last = map(str, items)
        return self.listed(first) + self.write(_AND[self.language]) + last if first else last

    def paired(self, name: object, value: object) -> str:
        """A thing and what is said of it: "Centre de santé : 5"."""
        return f"{name} : {value}" if self.language == "fr" else f"{name}: {value}"

    def clauses(self, items: Iterable[str]) -> str:
        """Several statements in a row, which may hold commas, with the semicolon of the language."""
        return {"ar": "؛ ", "fr": " ; "}.get(self.language, "; ").join(items)

    def write(self, text: str) -> str:
        """The text in this person's script."""
        return to_latin(text) if self.latin and self.language == "zgh" else text

    def _apart(self, value: object) -> object:
        return bidi.isolate(value, within_arabic=self.language == "ar") if isinstance(value, str) else value


def of_tag(tag: str | None) -> str | None:
    """Which of our languages an IETF tag means ("ar-MA", "rif"); None where it is none of ours."""
    return _TAGS.get((tag or "").partition("-")[0].strip().lower())


def voice_of(path: Path) -> Voice:
    """The voice of one catalog, such as that of the pages for staff; its language is that of its folder."""
    language = path.parent.parent.name
    return Voice(language=language, latin=False, said=_forms(path), plural=_plural(path))


class Catalogs:
    """All catalogs, read once from `locales/`, and the corrections that staff made since (`api/messages`)."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds messages.toml, and LANGUAGE/LC_MESSAGES/messages.po for every language."""
        self.descriptions = _described(folder / "messages.toml")
        self.revision = 0
        paths = {language: folder / language / "LC_MESSAGES" / "messages.po" for language in LANGUAGES}
        self._plurals = {language: _plural(path) for language, path in paths.items()}
        self._originals = {language: _forms(path) for language, path in paths.items()}
        self._said: dict[str, Mapping[str, Forms]] = dict(self._originals)

    def voice(self, language: str | None, *, latin: bool = False) -> Voice:
        """How to speak to a person of this language; Arabic where it is not known yet."""
        language = language if language in self._said else "ar"
        return Voice(language=language, latin=latin, said=self._said[language], plural=self._plurals[language])

    def forms(self, language: str, name: str) -> Forms:
        """What is said now."""
        return self._said[language][name]

    def original(self, language: str, name: str) -> Forms:
        """What the catalog says."""
        return self._originals[language][name]

    def correct(self, corrections: Mapping[tuple[str, str], Forms], *, revision: int) -> None:
        """Say these messages in other words; `revision` is the number of the newest correction among them.

        A correction of a message that is no more, or has other forms since an upgrade, is passed over.
        """
        self._said = {
            language: {name: _fitting(corrections.get((language, name)), forms) for name, forms in originals.items()}
            for language, originals in self._originals.items()
        }
        self.revision = revision


def _fitting(corrected: Forms | None, original: Forms) -> Forms:
    return corrected if corrected is not None and len(corrected) == len(original) else original


@cache
def _described(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


@cache
def _plural(path: Path) -> Callable[[int], int]:
    return gettext.c2py(_read(path).plural_expr)


@cache
def _forms(path: Path) -> Mapping[str, Forms]:
    def listed(given: str | list[str] | tuple[str, ...] | None) -> Forms:
        return (given,) if isinstance(given, str) else tuple(given or ())

    return {listed(message.id)[0]: listed(message.string) for message in _read(path) if message.id}
