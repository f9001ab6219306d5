"""Convert texts to the form in which Telegram's server stores them: without control characters and HTML tags.

A tag that sets a format, such as `<b>`, becomes an entity. An entity marks a part of the text, in UTF-16 units.
"""

import re
from html.parser import HTMLParser
from typing import Any

from rehearsal.telegram.errors import bad_request

# As tdlib's clean_input_string: control characters become spaces; CR, and the embedding and override marks
# U+2028..U+202E, are removed; the isolates U+2066..U+2069 stay.
_CLEAN = {code: " " for code in range(0x20) if code not in (0x0A, 0x0D)} | dict.fromkeys((0x0D, *range(0x2028, 0x202F)))
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@\w+)?")
_TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **{name: name for name in ("code", "pre", "blockquote")},
    "tg-spoiler": "spoiler",
    "a": "text_link",
}

Entity = dict[str, Any]


def clean(text: str) -> str:
    """Return a text without the characters that Telegram removes, and without white space at both ends."""
    return text.translate(_CLEAN).strip()


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, the measure for entities."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def commands(text: str) -> list[Entity]:
    """Return an entity for each bot command (such as /start) in a user's text."""
    return [
        {"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in _COMMAND.finditer(text)
    ]


def parse(text: str, mode: str) -> tuple[str, list[Entity]]:
    """Return a text without its HTML tags, and an entity for each tag.

    Raises `RefusedError` for unbalanced tags, and for any `mode` except HTML and "".
    """
    if not mode:
        return clean(text), []
    if mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    marks = _Marks()
    marks.feed(text)
    marks.close()
    if marks.open:
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{marks.open[-1][0]}\""
        )
    return clean(marks.text), sorted(marks.entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Marks(HTMLParser):
    """An HTML parser that collects the text, and an entity for each tag that Telegram supports."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Entity] = []
        self.open: list[tuple[str, int, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append((tag, units(self.text), dict(attrs).get("href")))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        _tag, start, link = self.open.pop()
        entity: Entity = {"type": _TAGS[tag], "offset": start, "length": units(self.text) - start}
        if tag == "a" and link:
            entity["url"] = link
        if entity["length"] and (tag != "a" or link):
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data
