"""`make catalogs`: writes messages.pot from locales/messages.toml, and updates every language's catalog."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.i18n import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "messages.pot"
CONSOLE = "console"  # the domain of the pages for staff, in their two languages
CONSOLE_LANGUAGES = ("ar", "fr")
REVIEW = "review"  # marks an entry that a native speaker must still read
_SPOKEN = {"say": None, "voice": None}  # functions that take a message's name
_PACKAGES = ("api",)
_HEADER = """\
# Sawt's messages. A message's name is its msgid; {values} stay as they are. See messages.toml.
msgid ""
msgstr ""
"""  # Babel's own header contains dates and names, which change without reason


def listed(domain: str = "messages") -> dict[str, dict[str, Any]]:
    """All messages, as described in `locales/messages.toml` or the file of another domain."""
    return tomllib.loads((LOCALES / f"{domain}.toml").read_text(encoding="utf-8"))


def used() -> set[str]:
    """The names of the messages used in the code."""
    names: set[str] = set()
    for package in _PACKAGES:
        for _, _, name, _, _ in extract_from_dir(ROOT / package, [("**.py", "python")], keywords=_SPOKEN):
            names.add(name if isinstance(name, str) else name[0])
    return names


def catalog_path(language: str, domain: str = "messages") -> Path:
    """The path of a language's catalog."""
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def template(domain: str = "messages") -> Catalog:
    """The catalog that every language must match."""
    catalog = Catalog(project="Sawt", charset="utf-8")
    for name, entry in listed(domain).items():
        catalog.add((name, name) if entry.get("plural") else name, auto_comments=[entry["note"]])
    return catalog


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalog from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str, domain: str = "messages") -> Catalog:
    """A language's catalog, with entries added and removed as in the template; marks for review stay."""
    catalog = read(catalog_path(language, domain), language)
    marked = {message.id for message in catalog if REVIEW in message.auto_comments}
    catalog.update(template(domain), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id in marked:
            message.auto_comments = [*message.auto_comments, REVIEW]
    return catalog


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalog in a fixed form, so that changing one message changes one place."""
    fields = {"Content-Type": "text/plain; charset=utf-8"}
    if catalog.locale is not None:
        fields |= {"Language": str(catalog.locale), "Plural-Forms": catalog.plural_forms}
    with path.open("wb") as file:
        file.write(_HEADER.encode())
        file.writelines(f'"{name}: {value}\\n"\n'.encode() for name, value in fields.items())
        file.write(b"\n")
        write_po(file, catalog, width=120, omit_header=True)


if __name__ == "__main__":
    write(TEMPLATE, template())
    for each in LANGUAGES:
        write(catalog_path(each), renewed(each))
    write(LOCALES / f"{CONSOLE}.pot", template(CONSOLE))
    for each in CONSOLE_LANGUAGES:
        write(catalog_path(each, CONSOLE), renewed(each, CONSOLE))
