"""A signed request of Twilio's can be parsed in one way only: any other split of it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.channel import Rejected
from sms.providers.twilio_form import read_form
from tests.sms.test_twilio_webhook import INBOUND, heard, signed, state_of, text_from
from tests.world import World

ACCOUNT, OTHER = "AC" + "0" * 32, "AC" + "1" * 32
MINE, VICTIM = "+212699000001", "+212611000010"
SID = "SM" + "a" * 32
FORM = {
    "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Body": "1", "From": MINE, "FromCity": "", "MessageSid": SID,
    "NumMedia": "0", "NumSegments": "1", "SmsMessageSid": SID, "SmsSid": SID, "SmsStatus": "received",
    "To": "+212600000099", "ToCity": "",
}  # fmt: skip


SHORT = ("AccountSid", "Body", "From", "FromCity", "MessageSid", "NumMedia", "To", "ToCity")
FREE = ("Body", "From", "To", "FromCity", "ToCity")
OTHER_SID = "SM" + "b" * 32
TEXT = f"STOPFrom{VICTIM}FromA"  # a text in which a different split finds another sender


def why(form: dict[str, str] | list[tuple[str, str]]) -> str:
    """The word for a refusal; "" if the form is accepted."""
    try:
        read_form(form.items() if isinstance(form, dict) else form, account=ACCOUNT)
    except Rejected as refused:
        return refused.reason
    return ""


def without(*names: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in {**FORM, **more}.items() if name not in names}


def glued(form: dict[str, str]) -> str:
    return "".join(name + form[name] for name in sorted(form))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (FORM, ""),
        (without(NewThing="1", MediaUrl0="https://x"), ""),
        (without(From="INWI"), ""),  # no phone: `Senders` ignores it
        (without(From="06 99 00-00 01"), ""),
        (without(Body="From here To there, NumMedia, MessageSid, 2 Body"), ""),
        (without("NumMedia", MessageSid=SID + "NumMedia0"), "value"),
        (without("NumMedia", NumMedia0=""), "name"),
        (without(OptOutTypeSTOP=""), "name"),
        (without("MessageStatus", MessageStatusun="delivered"), "name"),
        (without("Body", Bo="dy1"), "name"),
        (without(**{"From City": "x"}), "name"),
        (without(**{"": "x"}), "name"),
        (without(lower="x"), "name"),
        (without(AccountSid=OTHER), "account"),
        (without("AccountSid"), "account"),
        (without("MessageSid"), "id"),
        (without(SmsSid="SM" + "b" * 32), "id"),
        (without(MessageSid="MM" + "b" * 32), "id"),
        (without(MessageSid="SM" + "g" * 32), "value"),
        (without(NumMedia="x"), "value"),
        (without(MessageStatus="sent it"), "value"),
        (without(ErrorCode="30003x"), "value"),
        ([*FORM.items(), ("From", VICTIM)], "repeated"),
        ([*FORM.items(), ("NumMedia", "0")], "repeated"),
        (without(Body=f"STOPFrom{VICTIM}"), "glued"),
        (without(Body="STOPFr\u200bom0611000010"), "glued"),
        (without(Body="xOptOutTypeSTOP"), "glued"),
        (without(FromA=f"From{VICTIM}"), "glued"),
        (without(FromAFrom=VICTIM), "glued"),
        (without(FromAFr=f"om{VICTIM}"), "glued"),
        (without("OptOutType", NumSegmentsX="1OptOutTypeSTOP"), "glued"),
        (without(MessageSidX="MessageSidSM" + "c" * 32), "glued"),
    ],
    ids=range(32),
)
def test_which_forms_are_accepted(form: Any, expected: str) -> None:
    assert why(form) == expected


def splits(signed_text: str, names: tuple[str, ...], after: str = "") -> Iterator[dict[str, str]]:
    """Every form that this string signs: names in order, each with the value up to the next name."""
    places = [
        place for place in range(1, len(signed_text)) if any(signed_text.startswith(name, place) for name in names)
    ]
    for name in names:
        if name <= after or not signed_text.startswith(name):
            continue
        for end in (place for place in (*places, len(signed_text)) if place >= len(name)):
            value = signed_text[len(name) : end]
            if end == len(signed_text):
                yield {name: value}
            elif name in FORM and name not in FREE and why({**FORM, name: value}) in ("value", "account", "id"):
                continue  # refused whatever follows
            else:
                yield from ({name: value, **rest} for rest in splits(signed_text[end:], names, name))


@pytest.mark.parametrize(
    "body", ["1", TEXT, f"From{VICTIM}", f"aFrom{VICTIM}", "STOPFrom here To", f"xMessageSid{OTHER_SID}"]
)
def test_no_other_split_of_a_signed_string_means_anything_else(body: str) -> None:
    """However it is split, accepted forms have the same sender, receiver, id and pictures."""
    form = {name: (body if name == "Body" else FORM[name]) for name in SHORT}
    names = (*SHORT, "Bo", "D", "F", "Fr", "FromA", "FromAF", "FromAFrom", "FromB", "MessageSidX", "S", "Z")
    forms = list(splits(glued(form), tuple(sorted(names))))
    assert form in forms
    assert len(forms) > 1
    accepted = [each for each in forms if why(each) == ""]
    same = ("AccountSid", "From", "MessageSid", "NumMedia", "To", "OptOutType")
    assert [each for each in accepted if [each.get(name) for name in same] != [form.get(name) for name in same]] == []


async def test_a_stolen_request_is_never_handled_as_somebody_elses(world: World) -> None:
    """A regression: Twilio signs a text of mine, and a different split of it unsubscribes somebody else."""
    victim = world.number()
    await world.network.phone(victim).send("Bonjour")
    caught = without(Body=f"STOPFrom{victim}FromA", From=world.number(), AccountSid=world.settings.twilio_account_sid)
    forged = {**caught, "Body": "STOP", "From": victim, "FromA": f"From{caught['From']}"}
    assert signed(world, forged)["headers"] == signed(world, caught)["headers"]  # the weakness of the signature
    before = await heard(world)
    for form in (caught, forged):
        assert (await world.http.post(INBOUND, **signed(world, form))).status_code == 403
    assert await heard(world) == before
    assert await state_of(world, victim) == "joining"


@pytest.mark.parametrize("query", ["?x=1", "?", "?delivery=1"])
async def test_an_address_with_a_query_that_is_not_ours_is_refused(world: World, query: str) -> None:
    path = INBOUND + query
    expected = 200 if query == "?" else 403  # an empty query changes nothing
    fields = text_from(world, "hello", f"SM{world.chat():032}")
    answer = await world.http.post(path, **signed(world, fields, INBOUND if query == "?" else path))
    assert answer.status_code == expected


@pytest.mark.parametrize(
    "query", ["", "?delivery=", "?delivery=1&delivery=2", "?delivery=1x", "?delivery=٣", "?Delivery=1"]
)
async def test_a_callback_names_one_delivery(world: World, query: str) -> None:
    path = "/sms/twilio/status" + query
    fields = {"MessageSid": "SM" + "2" * 32, "To": MINE, "MessageStatus": "delivered"}
    assert (await world.http.post(path, **signed(world, fields, path))).status_code == 403
    whole = "/sms/twilio/status?delivery=999999"
    assert (await world.http.post(whole, **signed(world, fields, whole))).status_code == 204
