"""The form of a webhook of Twilio's, taken only where what is signed can be read in one way (pure rules).

Twilio signs the address and all names and values glued together, with nothing between them
(twilio.com/docs/usage/webhooks/webhooks-security). So whoever has one signed request may cut it up anew: rename a
parameter into the value before it, or let a text of their own become parameters.

Stopped, by rules on the glued string itself wherever that is possible, as it is the same however it is cut:

- another id, sender, receiver, opt-out or number of pictures: each of these, with a value of its shape, stands in the
  string exactly as often as it was read, which is once. Also where one hides behind an unknown name or in the text.
- another account: it has to be ours.
- a name twice, a name with anything but letters and digits, one that a value is glued to (`NumMedia0`), the beginning
  of a name of ours (`Bod`); a value that is not of its shape; an address with a query that is not ours.
- hearing a message again: its id cannot change, and one that was heard is not heard again while its row is kept.

Not stopped: a request that was caught and never reached us may have its text cut off before a capital letter, which
then begins an unknown name; Twilio adds names, so those are passed over. Of what Twilio says besides (`ErrorMessage`,
places) nothing is read. A resident whose text holds `From+2126…`, glued as above, is refused: so a forgery begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from api.channel import Rejected

_NAME = re.compile("[A-Z][A-Za-z0-9]{0,63}")
_SID = "(?:SM|MM)[0-9a-f]{32}"
# A number as gateways write it: seven digits, with what may stand between them (`phones.e164` reads them all).
_NUMBER = r"(?:[\s().,/+＋‐-―-]*\d){7}"
# The parameters that are used: the shape of a value, and that by which the glued string is searched for it.
_SHAPES: Mapping[str, str] = {
    "AccountSid": "AC[0-9a-f]{32}",
    "ApiVersion": "[0-9-]{8,10}",
    "Body": r"[\s\S]*",
    "ErrorCode": "[0-9]{0,6}",
    "From": r"[\s\S]{0,64}",
    "MessageSid": _SID,
    "MessageStatus": "[a-z_-]{2,30}",
    "NumMedia": "[0-9]{0,2}",
    "NumSegments": "[0-9]{0,3}",
    "OptOutType": "[ A-Za-z]{0,16}",
    "SmsMessageSid": _SID,
    "SmsSid": _SID,
    "SmsStatus": "[a-z_-]{2,30}",
    "To": r"[\s\S]{0,64}",
}
_SEARCHED: Mapping[str, str] = {
    "From": _NUMBER, "MessageSid": _SID, "NumMedia": "[0-9]", "OptOutType": "(?i: *(?:stop|start|help))", "To": _NUMBER,
}  # fmt: skip
# By which a value is known that is glued to a name; an account is one of one, and a status says nothing of a person.
_GLUED: Mapping[str, str] = {
    **_SEARCHED, "AccountSid": _SHAPES["AccountSid"], "ErrorCode": "[0-9]", "MessageStatus": "[a-z]"
}  # fmt: skip
_SHAPED = {name: re.compile(shape) for name, shape in _SHAPES.items()}
# Names of Twilio's that end like one of ours: the first says the same, the others are of WhatsApp.
_FOUND = {
    name: re.compile(f"(?<!Sms)(?<!OriginalReplied)(?<!Referral){name}(?={shape})") for name, shape in _SEARCHED.items()
}
_BEGINS = {name: re.compile(shape) for name, shape in _GLUED.items()}
_WHOLE = re.compile(r"[\s().,/;|&+＋‐-―\d-]*")  # a number, or several, with nothing else behind it
_SAME = ("SmsSid", "SmsMessageSid")


def read(pairs: Iterable[tuple[str, str]], *, account: str) -> Mapping[str, str]:
    """The parameters of a form, by name. Raises Rejected, with a word for the log, where they may be a forgery."""
    given = list(pairs)
    form = dict(given)
    if len(form) < len(given):
        raise Rejected("repeated")
    if not all(map(_is_name, form)):
        raise Rejected("name")
    if form.get("AccountSid") != account:
        raise Rejected("account")
    shaped = all(shape.fullmatch(form[name]) for name, shape in _SHAPED.items() if name in form)
    if not shaped or not all(_is_whole(_visible(form.get(name, ""))) for name in ("From", "To")):
        raise Rejected("value")
    if "MessageSid" not in form or any(form.get(name, form["MessageSid"]) != form["MessageSid"] for name in _SAME):
        raise Rejected("id")
    if not _reads_one_way(form):
        raise Rejected("glued")
    return form


def _is_name(name: str) -> bool:
    """Whether this may be a parameter: one of ours, or one that is neither part of those nor has a value glued on."""
    if name in _SHAPES:
        return True
    glued = any(name.startswith(ours) and shape.match(name, len(ours)) for ours, shape in _BEGINS.items())
    return bool(_NAME.fullmatch(name)) and not glued and not any(ours.startswith(name) for ours in _SHAPES)


def _is_whole(number: str) -> bool:
    return not _BEGINS["From"].match(number) or bool(_WHOLE.fullmatch(number))


def _reads_one_way(form: Mapping[str, str]) -> bool:
    """Whether each of ours stands in what is signed as often as it was read, invisible letters left out."""
    signed = _visible("".join(name + form[name] for name in sorted(form)))
    once = {name: bool(_BEGINS[name].match(_visible(form.get(name, "")))) for name in _FOUND}
    return all(len(found.findall(signed)) == once[name] for name, found in _FOUND.items())


def _visible(text: str) -> str:
    """A text without what `phones.e164` passes over in a number."""
    return text if text.isascii() else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
