"""`make catalogs`: messages.pot out of the list of messages, and every language's catalog in line with it."""

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
REVIEW = "review"  # an entry that a native speaker has still to read
_SPOKEN = {"say": None, "voice": None}  # what takes a message's name in the code
_PACKAGES = ("api",)
_HEADER = """\
# Sawt's messages. A message's name is its msgid; {values} stay as they are. See messages.toml.
msgid ""
msgstr ""
"""  # Babel's own header holds dates and names, which change when nothing else does


def listed(domain: str = "messages") -> dict[str, dict[str, Any]]:
    """Every message there is, as `locales/messages.toml` describes it, or the file of another domain."""
    return tomllib.loads((LOCALES / f"{domain}.toml").read_text(encoding="utf-8"))


def used() -> set[str]:
    """The names of messages that the code speaks."""
    found: set[str] = set()
    for package in _PACKAGES:
        for _, _, name, _, _ in extract_from_dir(ROOT / package, [("**.py", "python")], keywords=_SPOKEN):
            found.add(name if isinstance(name, str) else name[0])
    return found


def catalog_path(language: str, domain: str = "messages") -> Path:
    """Where a language's catalog is."""
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def template(domain: str = "messages") -> Catalog:
    """What every catalog must hold."""
    made = Catalog(project="Sawt", charset="utf-8")
    for name, entry in listed(domain).items():
        made.add((name, name) if entry.get("plural") else name, auto_comments=[entry["note"]])
    return made


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalog from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str, domain: str = "messages") -> Catalog:
    """A language's catalog, with what the template gained and without what it lost; marks for review stay."""
    found = read(catalog_path(language, domain), language)
    marked = {message.id for message in found if REVIEW in message.auto_comments}
    found.update(template(domain), no_fuzzy_matching=True)
    found.obsolete.clear()
    for message in found:
        if message.id in marked:
            message.auto_comments = [*message.auto_comments, REVIEW]
    return found


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalog the one way, so that a change of one message is a change of one place."""
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
