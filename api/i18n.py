"""The catalogs: every sentence a resident sees, in three languages and the two scripts of Tamazight."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from api.errors import Untranslated
from api.tifinagh import to_latin

LANGUAGES = ("ar", "fr", "zgh")


@dataclass(frozen=True)
class Voice:
    """How one person is spoken to: a language, and for Tamazight a script."""

    language: str
    latin: bool
    catalog: gettext.NullTranslations

    def __call__(self, message: str, /, **values: object) -> str:
        """The sentence of that name with its values filled in; `count` chooses among the forms of a plural.

        Raises Untranslated where the catalog has none.
        """
        count = values.get("count")
        if isinstance(count, int):
            found = self.catalog.ngettext(message, message, count)
        else:
            found = self.catalog.gettext(message)
        if found == message:
            raise Untranslated(f"{message} is missing in {self.language}")
        return self.write(found.format_map(values) if values else found)

    def pick(self, words: Mapping[str, str]) -> str:
        """The text of this language among three. Raises Untranslated where it is missing; never another language."""
        found = words.get(self.language)
        if not found:
            raise Untranslated(f"a text is missing in {self.language}")
        return self.write(found)

    def write(self, text: str) -> str:
        """The text in this person's script."""
        return to_latin(text) if self.latin and self.language == "zgh" else text


class Catalogs:
    """All catalogs, read once from `locales/`."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds LANGUAGE/LC_MESSAGES/messages.po for every language."""
        self._found = {language: _load(folder / language / "LC_MESSAGES" / "messages.po") for language in LANGUAGES}

    def voice(self, language: str | None, *, latin: bool = False) -> Voice:
        """How to speak to a person of this language; Arabic where it is not known yet."""
        language = language if language in self._found else "ar"
        return Voice(language=language, latin=latin, catalog=self._found[language])


def _load(path: Path) -> gettext.NullTranslations:
    with path.open("rb") as file:
        catalog: Catalog = read_po(file, locale=path.parent.parent.name)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
