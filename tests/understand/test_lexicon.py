"""The word lists: each has its source, and no word has two meanings or none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from api.dialogue.understand.vocabulary.lexicon import Sureness, load
from api.errors import Invalid
from api.text.normalise import normalise
from tests.catalogs import LOCALES

LEXICON = load(LOCALES)
SPEAKERS = {"ar", "darija", "arabizi", "fr", "zgh", "rif", "es", "en"}


def _lists(name: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((LOCALES / name).read_text(encoding="utf-8"))


def test_every_list_names_its_source_and_its_speakers() -> None:
    for intent, levels in _lists("keywords.toml").items():
        for level, lists in levels.items():
            assert isinstance(lists, dict)
            assert level in {"high", "mid", "low"}, intent
            assert set(lists) - {"source"} <= SPEAKERS, intent
            assert lists["source"], intent
    for name, lists in _lists("grammar.toml").items():
        assert lists["source"], name


@pytest.mark.parametrize(
    "extra",
    [
        '[yes.high]\nsource = "x"\nfr = ["oui"]\n[no.high]\nsource = "x"\nfr = ["OUI !"]',
        '[yes.high]\nsource = "x"\nfr = ["!"]',
    ],
)
def test_a_word_with_two_meanings_or_none_is_refused(tmp_path: Path, extra: str) -> None:
    (tmp_path / "keywords.toml").write_text(extra, encoding="utf-8")
    (tmp_path / "grammar.toml").write_text((LOCALES / "grammar.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Invalid):
        load(tmp_path)


def test_no_number_word_is_also_a_keyword() -> None:
    assert not (set(LEXICON.numbers) | set(LEXICON.ordinals)) & set(LEXICON.meanings)


def test_no_filler_reverses_an_answer() -> None:
    assert not (LEXICON.fillers | LEXICON.weights | LEXICON.ands) & LEXICON.doubts


@pytest.mark.parametrize("word", ["وقف", "حبس", "baraka"])
def test_everyday_words_stop_only_by_themselves(word: str) -> None:
    meaning = LEXICON.meaning(normalise(word))
    assert meaning is not None
    assert (meaning.intent, meaning.sureness) == ("stop", Sureness.MID)
