"""From the words of a message to what they say, against what was asked: STOP first, then names, numbers, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from api.dialogue.understand.commands import commanded
from api.dialogue.understand.expected import MISSED, Expected, Reading, Reads
from api.dialogue.understand.given_alone import labelled, stands_beside
from api.dialogue.understand.intents import errand
from api.dialogue.understand.reactions import only_signs
from api.dialogue.understand.requests import explains, joins, returns, tongue
from api.dialogue.understand.sentences.close_reading import closely, mentions
from api.dialogue.understand.sentences.greetings import CIVIL, asks, beside
from api.dialogue.understand.sentences.wrapping import unsigned
from api.dialogue.understand.stopping import Wish, refuses, wish
from api.dialogue.understand.suggest import suggest
from api.dialogue.understand.values.answers import answered, asked
from api.dialogue.understand.values.letters import held
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.dialogue.understand.vocabulary.naming import names
from api.text.normalise import normalise

_ASKING = re.compile("[?؟]")
_CIVIL_WORDS = 6  # of a message that begins with thanks or a greeting, and is nothing more
# Heard as a whole message among free texts.
_LISTENED = ("stop", "help", "start", "language", "back", "skip", "menu", "desk", "erase", "wrong")
# So are these, which may be answers as well: it is said that they were not kept as one.
_INSTEAD = (
    "change", "mine", "vote", "meetings", "withdraw", "check", "link", "status", "follow", "unfollow", "idea",
    "proposal", "detail", "agent", "lang_ar", "lang_fr", "lang_zgh", "lang_latin", "lang_tifinagh",
)  # fmt: skip
_RECEIPT = re.compile(r"(?=.*\d)\w{8}|[A-Z]{8}")  # a word behind "check" that is one, however it is written
_ACTIONS = ("back", "skip", "change", "done")
_LONG = 12  # words of a message that may be a keyword with small words
_ZERO = "0"
_SEVERAL = 2
_LAYERS = 4  # thanks and greetings around what somebody says that are taken off, one by one
_NN = re.compile(r"(?<!\w)nn(?!\w)", re.IGNORECASE)  # "non", which normalised looks like the n of "numéro"
_SPOKEN = 400  # letters of a text with several greetings around it
_LONGEST = 160  # letters of a key beyond which no slip is looked for


def read(text: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """What a text says. A `guess` is to be asked back; what is not understood has neither keys nor intent.

    A word that was given to a choice never changes what is understood without it, nor hides a likely STOP.
    """
    labels = labelled(expected)
    found = _read(text, labels, lexicon)
    if labels is expected or found.guess == "stop" or (found.understood and found.intent not in CIVIL):
        return found
    more = _read(text, expected, lexicon)
    return found if (more.keys or more.guess) and stands_beside(text, more, expected, labels, lexicon) else more


def _read(text: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """What a text says, whichever names the choices have.

    What stands beside thanks or a greeting is read by itself, once nothing else is understood, and so on inwards a few
    times: whoever thanks five hundred times in one message gets no further.
    """
    bare = unsigned(_NN.sub("non", text) if expected.yes_no else text, lexicon)
    said, stop = text if expected.reads is Reads.TEXT else bare, wish(bare, lexicon)
    outer: list[tuple[str, Wish | None]] = []
    found = _plainly(said, stop, expected, lexicon)
    doubtful = found is None or found.intent in CIVIL or not found.understood
    if stop is None and doubtful:
        found = _closely(said, expected, lexicon) or found
    if _is_compared(said, found, lexicon):
        return MISSED
    while found is None and len(outer) < _layers(said) and (rest := beside(said, lexicon)) is not None:
        outer.append((said, stop))
        said, stop = rest, wish(rest, lexicon)
        found = _plainly(rest, stop, expected, lexicon)
    found = found or _last(said, stop, expected, lexicon)
    for around, wished in reversed(outer):  # a question that nobody understands is no thanks
        mine = found if found.understood or asks(said, lexicon) else None
        found = _question(mine, around, expected) or _last(around, wished, expected, lexicon)
        said = around
    return found


def _layers(text: str) -> int:
    """How many times thanks are taken off: once of a long text, each turn of which takes long to read."""
    return _LAYERS if len(text) <= _SPOKEN else 1


def _is_compared(text: str, found: Reading | None, lexicon: Lexicon) -> bool:
    """Whether several choices were taken where one is only named as the lesser ("plutôt 6 que 5")."""
    if found is None or len(found.keys) < _SEVERAL:
        return False
    told = {role for word in normalise(text).split() for role in lexicon.roles.get(word, ())}
    return {"prefers", "against"} <= told


def _closely(text: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The answer that is wrapped in something else, unless it may be an errand."""
    return closely(text, expected, lexicon) if errand(text, lexicon) in (None, "help") else None


def _plainly(text: str, stop: Wish | None, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """What a text says as a whole; None if that is not understood."""
    key = normalise(text)
    if held(text):
        expected = replace(expected, lettered=False)
    whole = lexicon.meaning(key)
    if stop is not None and stop.sureness is Sureness.HIGH:
        return Reading(intent="stop")
    back = _back(key, expected)
    if back is not None:
        return back
    if expected.yes_no and _is_never(text, key, lexicon):
        whole = Meaning("no", Sureness.MID, "ar")
    if expected.reads is Reads.TEXT:
        return _free(text, key, whole, stop, expected, lexicon)
    found = _named(key, expected) or _stopped(stop)
    if whole is not None and whole.intent == "vote":  # also a word in the names of what is voted on
        found = found or answered(text, whole, expected, lexicon)
    found = found or _meant(whole, expected)
    found = found or commanded(text, key, expected, lexicon)
    return _question(found or answered(text, whole, expected, lexicon), text, expected)


def _is_never(text: str, key: str, lexicon: Lexicon) -> bool:
    """Whether this is the word for "never" that is written like "begin" but for the sign on its last letter."""
    return "never" in lexicon.roles.get(key, ()) and not text.strip(" .!").endswith("أ")


def _question(found: Reading | None, text: str, expected: Expected) -> Reading | None:
    """A reading, asked back where a yes or no stands in a question."""
    doubt = found is not None and expected.yes_no and found.keys and _ASKING.search(text)
    return asked(found) if found is not None and doubt else found


def _last(text: str, stop: Wish | None, expected: Expected, lexicon: Lexicon) -> Reading:
    """What a text that is not understood may be: a word said politely, an errand, or a slip that is asked back."""
    key = normalise(text)
    meant = errand(text, lexicon)
    if meant is None and returns(text, lexicon):
        return _meant(Meaning("back", Sureness.MID, None), expected) or Reading(intent="back", sureness=Sureness.MID)
    if meant is None and stop is None and expected.reads is Reads.NOTHING and joins(text, lexicon):
        meant = "start"
    if meant is not None:
        return Reading(intent=meant, sureness=Sureness.MID)
    if stop is None and not mentions(text, expected, lexicon):  # else its "bonjour" is not all they say
        polite = _question(_said_politely(key, expected, lexicon), text, expected)
        if polite is not None:
            return polite
    if stop is not None or refuses(text, lexicon):
        return replace(MISSED, guess="stop")
    return replace(MISSED, guess=suggest(key, expected, lexicon) if len(key) <= _LONGEST else None)


def _back(key: str, expected: Expected) -> Reading | None:
    """ "0" is the way back where it is no answer: no step of a scale, and no amount."""
    if key != _ZERO or (expected.reads in (Reads.STEP, Reads.NUMBER) and (expected.low <= 0 or expected.decimals)):
        return None
    return _named(key, expected) or _meant(Meaning("back", Sureness.HIGH, None), expected)


def _stopped(stop: Wish | None) -> Reading | None:
    return Reading(intent="stop", sureness=stop.sureness) if stop is not None and stop.sureness > Sureness.LOW else None


def _free(
    text: str, key: str, whole: Meaning | None, stop: Wish | None, expected: Expected, lexicon: Lexicon
) -> Reading:
    """A text in their own words: only a whole message that is surely a command, or takes it back, is one.

    A likely wish to stop is kept as an answer, too.
    """
    way_out = _named(key, expected)
    listened = whole is not None and (whole.intent in _LISTENED or expected.by_value(whole.intent) is not None)
    sure = Sureness.MID if whole is not None and whole.intent in ("back", "erase") else Sureness.HIGH
    if whole is not None and listened and whole.sureness >= sure:
        return way_out or _meant(whole, expected) or _intent(whole)
    if whole is not None and whole.intent in _INSTEAD and whole.sureness is Sureness.HIGH:
        return way_out or replace(_intent(whole), instead=True)
    found = way_out or commanded(text, key, expected, lexicon)
    if found is not None and (found.keys or _is_numbered(found)):
        return found
    if not key or only_signs(text):
        return MISSED  # a thumb is a sign on something, and says nothing in their own words
    language = tongue(text, lexicon, whole=True)
    if language is not None:
        return Reading(intent=language, sureness=Sureness.MID, instead=True)
    if key.split()[0] in lexicon.requests and returns(text, lexicon):
        return _meant(Meaning("back", Sureness.MID, None), expected) or Reading(intent="back", sureness=Sureness.MID)
    if explains(text, lexicon):
        return Reading(intent="help", sureness=Sureness.MID, instead=True)
    meant = errand(text, lexicon)
    if meant in ("desk", "erase"):
        return Reading(intent=meant, sureness=Sureness.MID)
    leaving = stop is not None and (stop.sureness > Sureness.LOW or stop.aimed)
    return Reading(value=text, leaving=leaving)


def _is_numbered(found: Reading) -> bool:
    """Whether a number is behind a command, or a receipt behind the one that checks it."""
    argument = found.argument or ""
    number = normalise(argument).replace(" ", "").isdecimal()
    return number or (found.intent == "check" and _RECEIPT.fullmatch(argument) is not None)


def _named(key: str, expected: Expected) -> Reading | None:
    """The one choice or way out whose name this is, to the letter."""
    # The names of a scale's steps are its numbers: "-1" is none of them, although it looks like 1 once normalised.
    listed = expected.listed if expected.reads in (Reads.ONE, Reads.MANY) else ()
    found = names((*listed, *(offer for offer in expected.offers if offer.action))).get(key)
    unlike = len(key) == 1 and not expected.lettered
    return None if found is None or unlike else Reading((found.key,), sureness=found.sureness, language=found.language)


def _meant(whole: Meaning | None, expected: Expected) -> Reading | None:
    """A keyword: a way out that is on offer, or something heard everywhere."""
    if whole is None or whole.intent in ("yes", "no"):
        return None
    offer = expected.by_value(whole.intent) if whole.intent in _ACTIONS else None
    if offer is not None:
        return Reading((offer.key,), sureness=whole.sureness, language=whole.language)
    return _intent(whole)


def _said_politely(key: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """A keyword with small words around it ("aide moi svp"), or a few words that begin with thanks or a greeting."""
    words = key.split()
    first = lexicon.meaning(words[0]) if words else None
    if first is not None and first.intent in CIVIL and len(words) <= _CIVIL_WORDS:
        return _intent(first)
    few = expected.reads is Reads.NOTHING and len(words) <= _CIVIL_WORDS
    if few and any(meaning.intent == "thanks" for word in words if (meaning := lexicon.meaning(word))):
        return Reading(intent="thanks")
    whole = _keyword(words, lexicon)
    return None if whole is not None and whole.intent == "stop" else _meant(whole, expected)


def _keyword(words: Sequence[str], lexicon: Lexicon) -> Meaning | None:
    """The longest keyword with nothing but small words before and behind it."""
    if len(words) > _LONG:
        return None
    small = lexicon.fillers | lexicon.weights
    last = next((at for at in range(len(words), 0, -1) if words[at - 1] not in small), 0)
    first = next((at for at, word in enumerate(words) if word not in lexicon.fillers), len(words))
    spans = ((start, end) for end in range(len(words), last - 1, -1) for start in range(first + 1))
    found = (lexicon.meaning(" ".join(words[start:end])) for start, end in spans if start < end)
    return next(filter(None, found), None)


def _intent(whole: Meaning) -> Reading:
    if whole.sureness is Sureness.LOW:
        return replace(MISSED, guess=whole.intent, language=whole.language)
    return Reading(intent=whole.intent, sureness=whole.sureness, language=whole.language)
