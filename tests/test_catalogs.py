"""The catalogs: complete in three languages, up to date, within SMS budgets, with words that Sawt understands."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import Any

import pytest

from api.channel import Choice
from api.dialogue.understand.vocabulary.lexicon import load
from api.i18n import LANGUAGES, Catalogs
from api.region import places
from api.region.themes import themes
from api.text.normalise import normalise
from api.text.shortening import is_small
from sms.segments import GSM7, count
from sms.text import render_sms
from tests.catalogs import LOCALES, ROOT, TEMPLATE, catalog_path, listed, read, renewed, template, used, write

CATALOGS = Catalogs(LOCALES)
LEXICON = load(LOCALES)
WORD = {"ar": "م", "fr": "e", "zgh": "ⴰ"}  # a letter to fill titles with
ENTRIES = listed()


def forms(language: str, name: str) -> list[str]:
    """The texts of a message in a catalog; several for plural forms."""
    message = _catalog(language).get(name)
    assert message is not None
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string)]


@cache
def _catalog(language: str) -> Any:
    return read(catalog_path(language), language)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_template_is_fresh(tmp_path: Any) -> None:
    write(tmp_path / "messages.pot", template())
    assert (tmp_path / "messages.pot").read_text() == TEMPLATE.read_text(encoding="utf-8")


def test_what_the_code_says_is_listed_and_what_is_listed_is_said() -> None:
    assert used() == set(ENTRIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalog_is_in_line_with_the_template(tmp_path: Any, language: str) -> None:
    write(tmp_path / "messages.po", renewed(language))
    assert (tmp_path / "messages.po").read_text() == catalog_path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_there_with_its_values(language: str) -> None:
    for name, entry in ENTRIES.items():  # in one test, since a thousand small ones are slow to distribute
        wanted = set(entry.get("longest", {}))
        for text in forms(language, name):
            assert text.strip() == text != "", name
            assert placeholders(text) | {"count"} == wanted | {"count"}, name
            if not entry.get("plural"):
                assert placeholders(text) == wanted, name


@pytest.mark.parametrize(
    ("number", "noun"),
    [
        (0, "بلا أسئلة"), (1, "سؤال واحد"), (2, "سؤالان"), (3, "3 أسئلة"), (10, "10 أسئلة"), (11, "11 سؤالا"),
        (99, "99 سؤالا"), (100, "100 سؤال "), (102, "102 سؤال "), (103, "103 أسئلة"), (111, "111 سؤالا"),
    ],
)  # fmt: skip
def test_arabic_counts_in_six_forms(number: int, noun: str) -> None:
    """Babel's header, not GNU's: the two swap the forms for 11 and for 100."""
    said = CATALOGS.voice("ar")("consultation.intro", title="خطة", count=number)
    assert noun in said, said


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("expect.points", "ar", {1: "نقطة واحدة", 2: "نقطتين", 10: "10 نقط،", 11: "11 نقطة", 100: "100 نقطة"}),
        ("expect.text", "ar", {1: "حرف واحد", 2: "حرفان", 50: "50 حرفا", 500: "500 حرف ", 503: "503 أحرف"}),
        ("idea.limit", "ar", {1: "فكرة واحدة", 2: "فكرتان", 3: "3 أفكار", 20: "20 فكرة"}),
        ("desk.offer.long", "ar", {201: "201 حرف)", 203: "203 أحرف", 250: "250 حرفا"}),
        ("proposal.ideas", "ar", {1: "الفكرة 7", 2: "الفكرتين 7", 3: "الأفكار 7"}),
        ("expect.points", "fr", {1: "votre point,", 2: "2 points"}),
        ("expect.several", "fr", {1: "un numéro.", 2: "2 numéros"}),
        ("idea.limit", "fr", {0: "0 idée par", 1: "1 idée par", 2: "2 idées par"}),
        ("proposal.ideas", "fr", {1: "Née de l'idée 7.", 2: "Née des idées 7."}),
        ("status.ideas", "fr", {1: "Né de la proposition 7 (7).", 2: "Né des propositions 7 (7)."}),
    ],
)  # fmt: skip
def test_a_number_agrees_with_its_noun(name: str, language: str, said: dict[int, str]) -> None:
    rest = dict.fromkeys(ENTRIES[name]["longest"], "7")
    for number, part in said.items():
        assert part in CATALOGS.voice(language)(name, **{**rest, "count": number}), number


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_noun_behind_a_number_has_plural_forms(language: str) -> None:
    """Numbers before a noun are `count`: "1 point", "2 points", «10 نقط»."""
    for name, entry in ENTRIES.items():
        values = entry.get("longest", {}).items()
        numbers = {key for key, most in values if isinstance(most, int) and key not in TEXTS | {"count"}}
        for text in forms(language, name):
            behind = {each: re.search(rf"\{{{each}\}} ([^\W\d_]+)", text) for each in numbers}
            nouns = {each for each, word in behind.items() if word and not is_small(word[1])}
            assert nouns <= ALIKE.get(name, set()), text


TEXTS = {"title", "text", "number", "other", "proposal"}  # names, not counts
# These numbers are followed by no noun, or by one that does not change.
ALIKE = {
    "rule.many": {"given"},
    "rule.few": {"given"},
    "rule.points": {"given", "over"},
    "status.ground": {"yes", "no"},
}

# "Your", "to you" and "you" in the masculine; "ⵏⵏⵎ" and "ⴰⵎ" in the feminine.
GENDERED = re.compile(r"(?<![ⴰ-ⵯ])(?:ⵏⵏⴽ|ⵏⵏⵎ|ⴰⴽ|ⴷⴰⴽ|ⴷⴰⵎ|ⵖⵓⵔⴽ|ⵖⵓⵔⵎ|ⴽⵢⵢⵉⵏ|ⴽⵎⵎⵉⵏ|ⴼⵍⵍⴰⴽ|ⵙⴳⴽ|ⵉⴽ|ⴽ)(?![ⴰ-ⵯ])")


def test_tamazight_speaks_to_everybody() -> None:
    demo = (ROOT / "sawt" / "demo" / "files" / "demo.json").read_text(encoding="utf-8")
    for text in (*(each for name in ENTRIES for each in forms("zgh", name)), demo):
        assert not GENDERED.search(text), GENDERED.findall(text)


def as_sms(language: str, name: str) -> str:
    """A message in its longest plausible form, as an SMS."""
    entry, voice = ENTRIES[name], CATALOGS.voice(language, latin=True)
    longest = dict(entry.get("longest", {}))
    for name_of_text in {"title", "text"} & set(longest):  # a number of letters, or the text itself
        if isinstance(longest[name_of_text], int):
            longest[name_of_text] = WORD[language] * longest[name_of_text]
    labels = [voice(label) if label in ENTRIES else label for label in entry.get("choices", ())]
    if entry.get("provinces"):
        labels = [voice.pick(place.words) for place in places.provinces()]
    if entry.get("themes"):
        labels = [voice.pick(theme.words) for theme in themes()]
    choices = [Choice("", label) for label in labels]
    choices += [Choice("", voice(way), action=True) for way in entry.get("ways", ())]
    return render_sms(voice(name, **longest), choices)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_keeps_its_budget_as_sms(language: str) -> None:
    texts = {name: as_sms(language, name) for name in ENTRIES}
    assert {name: text for name, text in texts.items() if count(text).parts > ENTRIES[name]["segments"]} == {}


@pytest.mark.parametrize("language", ["fr", "zgh"])
def test_french_and_latin_tamazight_are_gsm7(language: str) -> None:
    sizes = {name: count(as_sms(language, name)) for name in ENTRIES if name != "language.ask"}
    assert {name: each.culprits for name, each in sizes.items() if each.encoding != GSM7 or each.culprits} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_arabic_needs_a_mark_to_be_read_in_order(language: str) -> None:
    """A `-` between numbers reverses a date or a law's number."""
    for name in ENTRIES:
        for text in forms(language, name):
            assert not re.search("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", text)
            if language == "ar":
                assert not re.search(r"\d-\d|[+/]\d", text), text


WORDS = {
    "back": "back",
    "skip": "skip",
    "done": "done",
    "change": "change",
    "begin": "start",
    "yes": "yes",
    "no": "no",
    "detail": "detail",
    "desk": "desk",
    "menu": "menu",
    "follow": "follow",
    "unfollow": "unfollow",
    "withdraw": "withdraw",
}


@pytest.mark.parametrize("latin", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_the_words_we_show_are_words_we_understand(language: str, word: str, latin: bool) -> None:
    meaning = LEXICON.meaning(normalise(CATALOGS.voice(language, latin=latin)(f"word.{word}")))
    assert meaning is not None
    assert meaning.intent == WORDS[word]


@pytest.mark.parametrize(
    ("name", "intents"),
    [
        ("help", {"menu", "back", "skip", "change", "language", "desk", "stop"}),
        ("help.who", {"desk", "stop"}),
        ("lost", {"menu", "desk"}),
        ("lost.early", {"help", "language", "desk", "stop"}),
        ("consent.first", {"help", "language", "desk", "stop"}),
        ("desk.past", {"desk"}),
        ("wrong.done", {"start"}),
        ("stopped", {"start"}),
        ("help.stopped", {"start"}),
        ("stopped.still", {"start"}),
        ("consent.declined", {"start"}),
        ("invite", {"start", "stop"}),
        ("quiet", {"stop"}),
        ("change.intro", {"skip"}),
        ("hint.stop", {"stop"}),
        ("hint.choice", {"yes"}),
        ("receipt.how", {"check"}),
        ("link.unknown", {"link"}),
        ("detail.how", {"detail"}),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_a_sentence_tells_to_send_are_understood(language: str, name: str, intents: set[str]) -> None:
    for text in forms(language, name):
        meanings = [LEXICON.meaning(normalise(word)) for word in re.split(r"[\s,،.:!()]+", text)]
        assert intents <= {meaning.intent for meaning in meanings if meaning is not None}, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["stopped", "stopped.still", "help.stopped", "consent.declined", "wrong.done"])
def test_the_way_back_names_the_word_that_providers_know(language: str, name: str) -> None:
    """A provider that blocked a number only unblocks it at START."""
    assert all("START" in text for text in forms(language, name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_offer_of_a_language_names_its_own_word(language: str) -> None:
    words = [LEXICON.meaning(normalise(word)) for word in re.split(r"[\s,.:]+", forms(language, "switch.offer")[0])]
    assert f"lang_{language}" in {meaning.intent for meaning in words if meaning is not None}
