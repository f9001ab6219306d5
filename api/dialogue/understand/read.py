"""Read a message as an answer to what was asked: look for STOP first, then for names, numbers and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from api.dialogue.understand.assigned_alone import stands_beside_other_choice, without_assigned_words
from api.dialogue.understand.commands import read_command
from api.dialogue.understand.expected import MISSED, Expected, Reading, Reads
from api.dialogue.understand.intents import sentence_intent
from api.dialogue.understand.reactions import only_signs
from api.dialogue.understand.requests import asks_for_help, requested_language, wants_back, wants_to_join
from api.dialogue.understand.sentences.close_reading import mentions_choice, read_closely
from api.dialogue.understand.sentences.greetings import CIVIL, asks, text_beside_greeting
from api.dialogue.understand.sentences.wrapping import without_device_line
from api.dialogue.understand.stopping import StopWish, refuses, stop_wish
from api.dialogue.understand.suggest import suggest
from api.dialogue.understand.values.answers import ask_back, read_answer
from api.dialogue.understand.values.letters import has_repeated_letter
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.dialogue.understand.vocabulary.naming import names
from api.text.normalise import normalise

_ASKING = re.compile("[?؟]")
_CIVIL_WORDS = 6  # maximum words in a message that is only thanks or a greeting
# A whole message with one of these intents is a command even if a free text is expected.
_ALWAYS_HEARD = ("stop", "help", "start", "language", "back", "skip", "menu", "desk", "erase", "wrong")
# So is a message with one of these, but the person is told that it was not recorded as the answer.
_HEARD_INSTEAD = (
    "change", "mine", "vote", "meetings", "withdraw", "check", "link", "status", "follow", "unfollow", "idea",
    "proposal", "detail", "agent", "lang_ar", "lang_fr", "lang_zgh", "lang_latin", "lang_tifinagh",
)  # fmt: skip
_RECEIPT = re.compile(r"(?=.*\d)\w{8}|[A-Z]{8}")  # a word after the command "check" that looks like a receipt code
_ACTIONS = ("back", "skip", "change", "done")
_LONG = 12  # maximum words in a message that may be a keyword among filler words
_ZERO = "0"
_SEVERAL = 2
_LAYERS = 4  # maximum thanks and greetings that are removed one by one
_NN = re.compile(r"(?<!\w)nn(?!\w)", re.IGNORECASE)  # "non"; once normalised it looks like the n of "numéro"
_SPOKEN = 400  # maximum letters in a text from which several greetings are removed
_LONGEST = 160  # maximum letters in a normalised text that is searched for slips


def read(text: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read a text as an answer to `expected`.

    If the text is not understood, the result has no keys and no intent. It may have a `guess`, which must be confirmed.
    A word that staff assigned never changes what is understood without it, and never hides a likely STOP.
    """
    labels = without_assigned_words(expected)
    reading = _read(text, labels, lexicon)
    if labels is expected or reading.guess == "stop" or (reading.understood and reading.intent not in CIVIL):
        return reading
    extended = _read(text, expected, lexicon)
    if not extended.keys and not extended.guess:
        return extended
    return reading if stands_beside_other_choice(text, extended, expected, labels, lexicon) else extended


def _read(text: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read a text, given the names of the choices in `expected`."""
    bare = without_device_line(_NN.sub("non", text) if expected.yes_no else text, lexicon)
    text_left, stop = text if expected.reads is Reads.TEXT else bare, stop_wish(bare, lexicon)
    layers: list[tuple[str, StopWish | None]] = []
    reading = _read_whole(text_left, stop, expected, lexicon)
    doubtful = reading is None or reading.intent in CIVIL or not reading.understood
    if stop is None and doubtful:
        reading = _read_wrapped(text_left, expected, lexicon) or reading
    if _is_compared(text_left, reading, lexicon):
        return MISSED
    # nothing understood: remove thanks or a greeting, and read the rest by itself
    while reading is None and len(layers) < _layers(text_left):
        rest = text_beside_greeting(text_left, lexicon)
        if rest is None:
            break
        layers.append((text_left, stop))
        text_left, stop = rest, stop_wish(rest, lexicon)
        reading = _read_whole(rest, stop, expected, lexicon)
    reading = reading or _fallback(text_left, stop, expected, lexicon)
    for layer, layer_stop in reversed(layers):  # an unclear question is not just thanks
        inner = reading if reading.understood or asks(text_left, lexicon) else None
        reading = _asked_back_in_question(inner, layer, expected) or _fallback(layer, layer_stop, expected, lexicon)
        text_left = layer
    return reading


def _layers(text: str) -> int:
    """Return how many greetings may be removed one by one; a long text is slow to read."""
    return _LAYERS if len(text) <= _SPOKEN else 1


def _is_compared(text: str, reading: Reading | None, lexicon: Lexicon) -> bool:
    """Return whether the text prefers one of several choices ("plutôt 6 que 5")."""
    if reading is None or len(reading.keys) < _SEVERAL:
        return False
    roles = {role for word in normalise(text).split() for role in lexicon.roles.get(word, ())}
    return {"prefers", "against"} <= roles


def _read_wrapped(text: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read an answer with other words around it, unless the sentence may be a request."""
    return read_closely(text, expected, lexicon) if sentence_intent(text, lexicon) in (None, "help") else None


def _read_whole(text: str, stop: StopWish | None, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read a text as a whole, without removing anything from it."""
    key = normalise(text)
    if has_repeated_letter(text):
        expected = replace(expected, lettered=False)
    keyword = lexicon.meaning(key)
    if stop is not None and stop.sureness is Sureness.HIGH:
        return Reading(intent="stop")
    back = _zero_as_back(key, expected)
    if back is not None:
        return back
    if expected.yes_no and _is_never(text, key, lexicon):
        keyword = Meaning("no", Sureness.MID, "ar")
    if expected.reads is Reads.TEXT:
        return _read_free_text(text, key, keyword, stop, expected, lexicon)
    reading = _exact_name(key, expected) or _stop_reading(stop)
    if keyword is not None and keyword.intent == "vote":  # the word may also be in the name of an option
        reading = reading or read_answer(text, keyword, expected, lexicon)
    reading = reading or _keyword_reading(keyword, expected)
    reading = reading or read_command(text, key, expected, lexicon)
    return _asked_back_in_question(reading or read_answer(text, keyword, expected, lexicon), text, expected)


def _is_never(text: str, key: str, lexicon: Lexicon) -> bool:
    """Return whether this is the Arabic word for "never"."""
    # "begin" differs only by the sign on its last letter, which normalising removes
    return "never" in lexicon.roles.get(key, ()) and not text.strip(" .!").endswith("أ")


def _asked_back_in_question(reading: Reading | None, text: str, expected: Expected) -> Reading | None:
    """If the text has a question mark, turn a yes or no into a guess."""
    is_doubtful = reading is not None and expected.yes_no and reading.keys and _ASKING.search(text)
    return ask_back(reading) if reading is not None and is_doubtful else reading


def _fallback(text: str, stop: StopWish | None, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read an unclear text as a request or a polite keyword, or guess what was mistyped."""
    key = normalise(text)
    intent = sentence_intent(text, lexicon)
    if intent is None and wants_back(text, lexicon):
        return _back_reading(expected)
    if intent is None and stop is None and expected.reads is Reads.NOTHING and wants_to_join(text, lexicon):
        intent = "start"
    if intent is not None:
        return Reading(intent=intent, sureness=Sureness.MID)
    if stop is None and not mentions_choice(text, expected, lexicon):  # an answer is more than its "bonjour"
        polite = _asked_back_in_question(_polite_keyword(key, expected, lexicon), text, expected)
        if polite is not None:
            return polite
    if stop is not None or refuses(text, lexicon):
        return replace(MISSED, guess="stop")
    return replace(MISSED, guess=suggest(key, expected, lexicon) if len(key) <= _LONGEST else None)


def _zero_as_back(key: str, expected: Expected) -> Reading | None:
    """Read "0" as the command "back", unless 0 may be an answer."""
    if key != _ZERO or (expected.reads in (Reads.STEP, Reads.NUMBER) and (expected.low <= 0 or expected.decimals)):
        return None
    return _exact_name(key, expected) or _keyword_reading(Meaning("back", Sureness.HIGH, None), expected)


def _back_reading(expected: Expected) -> Reading:
    """Return the reading of "back": the choice "back" if it is offered, otherwise the intent."""
    return _keyword_reading(Meaning("back", Sureness.MID, None), expected) or Reading(
        intent="back", sureness=Sureness.MID
    )


def _stop_reading(stop: StopWish | None) -> Reading | None:
    """If a wish to stop is sure enough to act upon, return it as a reading."""
    return Reading(intent="stop", sureness=stop.sureness) if stop is not None and stop.sureness > Sureness.LOW else None


def _read_free_text(
    text: str, key: str, keyword: Meaning | None, stop: StopWish | None, expected: Expected, lexicon: Lexicon
) -> Reading:
    """Read a text where an answer in the resident's own words is expected."""
    way_out = _exact_name(key, expected)
    if keyword is not None and _is_command_in_text(keyword, expected):
        return way_out or _keyword_reading(keyword, expected) or _intent_reading(keyword)
    if keyword is not None and keyword.intent in _HEARD_INSTEAD and keyword.sureness is Sureness.HIGH:
        return way_out or replace(_intent_reading(keyword), instead=True)
    reading = way_out or read_command(text, key, expected, lexicon)
    if reading is not None and (reading.keys or _is_numbered(reading)):
        return reading
    if not key or only_signs(text):
        return MISSED  # a thumbs-up reacts to something and is not a text
    language = requested_language(text, lexicon, whole=True)
    if language is not None:
        return Reading(intent=language, sureness=Sureness.MID, instead=True)
    if key.split()[0] in lexicon.requests and wants_back(text, lexicon):
        return _back_reading(expected)
    if asks_for_help(text, lexicon):
        return Reading(intent="help", sureness=Sureness.MID, instead=True)
    intent = sentence_intent(text, lexicon)
    if intent in ("desk", "erase"):
        return Reading(intent=intent, sureness=Sureness.MID)
    # an answer that is probably a wish to stop as well is marked
    leaving = stop is not None and (stop.sureness > Sureness.LOW or stop.aimed)
    return Reading(value=text, leaving=leaving)


def _is_command_in_text(keyword: Meaning, expected: Expected) -> bool:
    """Return whether a keyword by itself is a command even where a free text is expected."""
    least_sureness = Sureness.MID if keyword.intent in ("back", "erase") else Sureness.HIGH
    is_command = keyword.intent in _ALWAYS_HEARD or expected.by_value(keyword.intent) is not None
    return is_command and keyword.sureness >= least_sureness


def _is_numbered(reading: Reading) -> bool:
    """Return whether the command is followed by a number, or by the receipt that it checks."""
    argument = reading.argument or ""
    number = normalise(argument).replace(" ", "").isdecimal()
    return number or (reading.intent == "check" and _RECEIPT.fullmatch(argument) is not None)


def _exact_name(key: str, expected: Expected) -> Reading | None:
    """Read a text that is exactly the name of one choice or way out ("back")."""
    # The steps of a scale are named by numbers. "-1" is not such a name, although it looks like 1 once normalised.
    listed = expected.listed if expected.reads in (Reads.ONE, Reads.MANY) else ()
    mention = names((*listed, *(offer for offer in expected.offers if offer.action))).get(key)
    is_bare_letter = len(key) == 1 and not expected.lettered
    if mention is None or is_bare_letter:
        return None
    return Reading((mention.key,), sureness=mention.sureness, language=mention.language)


def _keyword_reading(keyword: Meaning | None, expected: Expected) -> Reading | None:
    """Read a keyword as a way out, such as "back", or else as an intent."""
    if keyword is None or keyword.intent in ("yes", "no"):
        # yes and no are read as answers
        return None
    offer = expected.by_value(keyword.intent) if keyword.intent in _ACTIONS else None
    if offer is not None:
        return Reading((offer.key,), sureness=keyword.sureness, language=keyword.language)
    return _intent_reading(keyword)


def _polite_keyword(key: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read a keyword among filler words ("aide moi svp"), or after thanks or a greeting."""
    words = key.split()
    first = lexicon.meaning(words[0]) if words else None
    if first is not None and first.intent in CIVIL and len(words) <= _CIVIL_WORDS:
        return _intent_reading(first)
    few = expected.reads is Reads.NOTHING and len(words) <= _CIVIL_WORDS
    if few and any(meaning.intent == "thanks" for word in words if (meaning := lexicon.meaning(word))):
        return Reading(intent="thanks")
    keyword = _keyword(words, lexicon)
    return None if keyword is not None and keyword.intent == "stop" else _keyword_reading(keyword, expected)


def _keyword(words: Sequence[str], lexicon: Lexicon) -> Meaning | None:
    """Return the meaning of the longest keyword that has only filler words around it."""
    if len(words) > _LONG:
        return None
    small = lexicon.fillers | lexicon.weights
    last = next((at for at in range(len(words), 0, -1) if words[at - 1] not in small), 0)
    first = next((at for at, word in enumerate(words) if word not in lexicon.fillers), len(words))
    spans = ((start, end) for end in range(len(words), last - 1, -1) for start in range(first + 1))
    meanings = (lexicon.meaning(" ".join(words[start:end])) for start, end in spans if start < end)
    return next(filter(None, meanings), None)


def _intent_reading(keyword: Meaning) -> Reading:
    """Return the reading of a keyword as an intent, or as a guess if the keyword is unsure."""
    if keyword.sureness is Sureness.LOW:
        return replace(MISSED, guess=keyword.intent, language=keyword.language)
    return Reading(intent=keyword.intent, sureness=keyword.sureness, language=keyword.language)
