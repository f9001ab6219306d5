"""The message catalogs: every sentence that residents read, in three languages and both scripts of Tamazight."""

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

# The primary subtags (IANA registry) that apps and browsers send, and the catalog language for each.
_TAGS = {"ar": "ar", "fr": "fr", "zgh": "zgh", "ber": "zgh", "tzm": "zgh", "shi": "zgh", "rif": "zgh", "kab": "zgh"}

_AND = {"ar": " و", "fr": " et ", "zgh": " ⴷ "}

Forms = tuple[str, ...]  # one text, or one per plural form of the language


@dataclass(frozen=True)
class Voice:
    """Renders messages for one resident, in that person's language. For Tamazight it uses one of the two scripts."""

    language: str
    latin: bool
    messages: Mapping[str, Forms]
    plural: Callable[[int], int]

    def __call__(self, message: str, /, **values: object) -> str:
        """Return the message with this name and its values filled in; `count` selects the plural form.

        Values written in the other direction (Arabic or Latin) are isolated, so that they display correctly. Raises
        Untranslated if the catalog lacks the message.
        """
        forms = self.messages.get(message)
        if not forms:
            raise Untranslated(f"the message {message} is missing in {self.language}")
        count = values.get("count")
        form = forms[self.plural(count)] if isinstance(count, int) and len(forms) > 1 else forms[0]
        return self.write(form.format_map({name: self._isolate(value) for name, value in values.items()}))

    def pick(self, words: Mapping[str, str]) -> str:
        """Return the text in this voice's language, never in another. Raises Untranslated if there is none."""
        text = words.get(self.language)
        if not text:
            raise Untranslated(f"a text is missing in {self.language}")
        return self.write(text)

    def listed(self, items: Iterable[object]) -> str:
        """Join items with the comma of this voice's language."""
        return ("، " if self.language == "ar" else ", ").join(map(str, items))

    def joined(self, items: Iterable[object]) -> str:
        """Join items with commas and a final "and": "1, 2 et 3"."""
        *first, last = map(str, items)
        return self.listed(first) + self.write(_AND[self.language]) + last if first else last

    def paired(self, name: object, value: object) -> str:
        """Join a name and its value with a colon: "Centre de santé : 5"."""
        return f"{name} : {value}" if self.language == "fr" else f"{name}: {value}"

    def clauses(self, items: Iterable[str]) -> str:
        """Join statements with the semicolon of this voice's language, because a statement may contain commas."""
        return {"ar": "؛ ", "fr": " ; "}.get(self.language, "; ").join(items)

    def write(self, text: str) -> str:
        """Return the text in the script of this voice."""
        return to_latin(text) if self.latin and self.language == "zgh" else text

    def _isolate(self, value: object) -> object:
        return bidi.isolate(value, within_arabic=self.language == "ar") if isinstance(value, str) else value


def language_of_tag(tag: str | None) -> str | None:
    """Return the catalog language for an IETF tag ("ar-MA", "rif"); None if no catalog has that language."""
    return _TAGS.get((tag or "").partition("-")[0].strip().lower())


def voice_of(path: Path) -> Voice:
    """Return the Voice that renders the messages of one catalog file, such as the texts of the staff pages.

    The folder of the file names its language.
    """
    language = path.parent.parent.name
    return Voice(language=language, latin=False, messages=_forms(path), plural=_plural(path))


class Catalogs:
    """All catalogs, read once from `locales/`, with the corrections made by staff (`api/messages`)."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`, which contains messages.toml and, for each language, LANGUAGE/LC_MESSAGES/messages.po."""
        self.descriptions = _described(folder / "messages.toml")
        self.revision = 0
        paths = {language: folder / language / "LC_MESSAGES" / "messages.po" for language in LANGUAGES}
        self._plurals = {language: _plural(path) for language, path in paths.items()}
        self._originals = {language: _forms(path) for language, path in paths.items()}
        self._current: dict[str, Mapping[str, Forms]] = dict(self._originals)

    def voice(self, language: str | None, *, latin: bool = False) -> Voice:
        """Return the Voice that renders messages in a language. If the language is unknown, it renders Arabic."""
        language = language if language in self._current else "ar"
        return Voice(language, latin=latin, messages=self._current[language], plural=self._plurals[language])

    def forms(self, language: str, name: str) -> Forms:
        """Return the current wording of a message, with the corrections made by staff."""
        return self._current[language][name]

    def original(self, language: str, name: str) -> Forms:
        """Return the wording of a message in the catalog, without corrections."""
        return self._originals[language][name]

    def correct(self, corrections: Mapping[tuple[str, str], Forms], *, revision: int) -> None:
        """Replace all corrections of messages; `revision` is the id of the newest correction.

        If a message no longer exists or now has another number of plural forms, its correction is ignored.
        """
        self._current = {
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
    def forms_of(text: str | list[str] | tuple[str, ...] | None) -> Forms:
        return (text,) if isinstance(text, str) else tuple(text or ())

    return {forms_of(message.id)[0]: forms_of(message.string) for message in _read(path) if message.id}
