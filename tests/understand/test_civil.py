"""Thanks and a question in one message: the question counts; thanks with more thanks are thanks."""

from __future__ import annotations

import pytest

from api.dialogue.features import COMMANDS, OPENS
from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon

LEXICON = lexicon()
AT_HOME = Expected(Reads.NOTHING, (), commands=COMMANDS, opens=OPENS)


@pytest.mark.parametrize(
    ("text", "intent", "argument"),
    [
        ("merci, quand est la réunion ?", "meetings", None),
        ("Merci beaucoup quand est la réunion", "meetings", None),
        ("c'est quand la réunion ? merci", "meetings", None),
        ("شكرا، متى الاجتماع؟", "meetings", None),
        ("شكرًا جزيلا متى الاجتماع", "meetings", None),
        ("السلام عليكم،فوقاش الاجتماع؟", "meetings", None),
        ("tanmmirt, melmi agraw?", "meetings", None),
        ("ⵜⴰⵏⵎⵎⵉⵔⵜ, ⵎⵍⵎⵉ ⴰⴳⵔⴰⵡ?", "meetings", None),
        ("merci. statut n°3", "status", "3"),
        ("merci 🙏 quand est la réunion ?", "meetings", None),
        ("شكرا. تتبع ٣", "status", "٣"),
        ("bonjour, aide", "help", None),
        ("bonjour c ki", "help", None),
        ("salam chkoun ntoma", "help", None),
        ("bonjour, comment ça va ?", "greeting", None),
        ("salam, kidayr ?", None, None),
    ],
)
def test_a_request_beside_thanks_counts(text: str, intent: str | None, argument: str | None) -> None:
    reading = read(text, AT_HOME, LEXICON)
    assert (reading.intent, (reading.argument or "").removeprefix("n°")) == (intent, argument or "")


@pytest.mark.parametrize(
    "text",
    [
        "merci, quand ouvre la piscine ?", "la piscine ouvre quand ? merci", "bonjour, où est le bus", "merci, combien",
        "شكرا، متى يفتح المسبح؟", "بارك الله فيكم واش كاين شي طوبيس", "tanmmirt, mani tlla tinml?",
        "salam wach kayn tobis",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scene", ["after", "yes_no", "commitment"])
def test_an_unclear_question_is_not_read_as_thanks(text: str, scene: str) -> None:
    assert not read(text, expected(scene), LEXICON).understood


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("merci pour la réunion", "thanks"), ("شكرا على الاجتماع", "thanks"), ("merci à vous", "thanks"),
        ("merci l'idée est bonne", "thanks"), ("merci, bonne journée", "thanks"), ("c'est fait merci", "thanks"),
        ("bonjour à tous", "greeting"), ("bonjour, ça va ?", "greeting"), ("merci ?", "thanks"),
        ("ok, merci", "thanks"),
    ],
)  # fmt: skip
def test_thanks_and_greetings_are_recognised(text: str, intent: str) -> None:
    assert read(text, AT_HOME, LEXICON).intent == intent
