"""Read the form of a Twilio webhook. It is accepted only if its signed string can be split in one way. No I/O.

Twilio signs the address followed by all names and values, with nothing between them
(twilio.com/docs/usage/webhooks/webhooks-security). So an attacker who has one signed request may split the string
differently: merge a parameter into the value before it, or turn part of a text into parameters.

The attacker cannot do the following. Where possible, the rules look at the signed string, which no split changes:

- change the id, sender, receiver, opt-out or number of pictures: the signed string must contain each of these names
  with a value exactly as often as the form does. Occurrences inside the text or an unknown name count, too;
- change the account: it must be ours;
- pass a malformed form: a repeated name, a name that is not alphanumeric, a name with a value glued to it
  (`NumMedia0`), the beginning of a known name (`Bod`), a value that does not have the right shape, or an address with
  a query that is not ours;
- repeat a message: its id cannot change, and while the message is stored, its id is not accepted again.

One thing is not prevented: an attacker who stole a request that never reached us may cut its text before a capital
letter. The cut-off part then begins an unknown name. Unknown names are ignored, because Twilio adds new ones. Nothing
else that Twilio sends (`ErrorMessage`, places) is used. A resident's text that contains `From+2126…` in one piece is
refused, because forgeries look like that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from api.channel import Rejected

_NAME = re.compile("[A-Z][A-Za-z0-9]{0,63}")
_SID = "(?:SM|MM)[0-9a-f]{32}"
# A number as gateways write it: seven digits with separators (`phones.e164` reads all of these).
_NUMBER = r"(?:[\s().,/+＋‐-―-]*\d){7}"
# The known parameters: the shape of each value, and the shape searched for in the signed string.
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
# The beginning of a value that is glued to a name.
_GLUED: Mapping[str, str] = {
    **_SEARCHED, "AccountSid": _SHAPES["AccountSid"], "ErrorCode": "[0-9]", "MessageStatus": "[a-z]"
}  # fmt: skip
_SHAPED = {name: re.compile(shape) for name, shape in _SHAPES.items()}
# Twilio's longer names with the same ending are excluded: SmsMessageSid has the same value, the others are WhatsApp's.
_FOUND = {
    name: re.compile(f"(?<!Sms)(?<!OriginalReplied)(?<!Referral){name}(?={shape})") for name, shape in _SEARCHED.items()
}
_BEGINS = {name: re.compile(shape) for name, shape in _GLUED.items()}
_WHOLE = re.compile(r"[\s().,/;|&+＋‐-―\d-]*")  # only numbers: digits and the signs around them
_SAME = ("SmsSid", "SmsMessageSid")


def read_form(pairs: Iterable[tuple[str, str]], *, account: str) -> Mapping[str, str]:
    """Return the parameters of a form, by name.

    Raises Rejected if they may be forged, with a short reason for the log.
    """
    parameters = list(pairs)
    form = dict(parameters)
    if len(form) < len(parameters):
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
    """Return whether a parameter may have this name: a known name, or a new one that cannot be forged."""
    if name in _SHAPES:
        return True
    # a forged name is a known name with a value glued to it, or the beginning of a known name
    glued = any(name.startswith(known) and shape.match(name, len(known)) for known, shape in _BEGINS.items())
    return bool(_NAME.fullmatch(name)) and not glued and not any(known.startswith(name) for known in _SHAPES)


def _is_whole(number: str) -> bool:
    return not _BEGINS["From"].match(number) or bool(_WHOLE.fullmatch(number))


def _reads_one_way(form: Mapping[str, str]) -> bool:
    """Return whether the signed string leaves no doubt about the parameters in `_SEARCHED`."""
    # each of them must occur with a value once if the form has it, and otherwise never
    signed = _visible("".join(name + form[name] for name in sorted(form)))
    once = {name: bool(_BEGINS[name].match(_visible(form.get(name, "")))) for name in _FOUND}
    return all(len(pattern.findall(signed)) == once[name] for name, pattern in _FOUND.items())


def _visible(text: str) -> str:
    """Return a text without the invisible characters that `phones.e164` ignores."""
    return text if text.isascii() else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
