"""The checker finds what it should, shown with small documents in the format of the providers' own."""

import json

import pytest

from rehearsal.exchange import Exchange
from tests.wire.checker import WireChecker

SID = f"AC{'0' * 32}"
TEXT = {"name": "text", "types": ["String"], "required": True, "description": "Text, 1-4 characters"}
DATA = {"name": "data", "types": ["String"], "required": False, "description": "Data, 1-4 bytes"}
MARKUP = {"name": "markup", "types": ["Button", "Array of Button"], "required": False, "description": ""}
NUMBER = {"name": "number", "types": ["Integer"], "required": False, "description": ""}
TELEGRAM = {
    "types": {
        "Button": {"fields": [DATA]},
        "Message": {"fields": [TEXT]},
        "Update": {"fields": [{"name": "update_id", "types": ["Integer"], "required": True, "description": ""}]},
    },
    "methods": {"sendMessage": {"fields": [TEXT, MARKUP, NUMBER], "returns": ["Message"]}},
}
MESSAGE = {
    "type": "object",
    "properties": {"status": {"$ref": "#/components/schemas/status"}, "price": {"type": "string", "nullable": True}},
}
TWILIO = {
    "components": {"schemas": {"status": {"type": "string", "enum": ["queued"]}, "message": MESSAGE}},
    "paths": {
        "/Accounts/{AccountSid}/Messages.json": {
            "post": {
                "parameters": [
                    {"name": "AccountSid", "in": "path", "required": True, "schema": {"pattern": "^AC[0-9a-f]{32}$"}}
                ],
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["To"],
                                "properties": {
                                    **{name: {"type": "string"} for name in ("To", "Body")},
                                    "ValidityPeriod": {"type": "integer"},
                                },
                            }
                        }
                    }
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/message"}}}}
                },
            }
        }
    },
}


@pytest.fixture
def checker(tmp_path):
    (tmp_path / "twilio_api_v2010.json").write_text(json.dumps(TWILIO))
    (tmp_path / "telegram-bot-api.json").write_text(json.dumps(TELEGRAM))
    return WireChecker.load(tmp_path)


def telegram(params, answer=None, *, status=200, method="sendMessage", form=False, direction="request"):
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    answer = {"ok": True, "result": {"text": "a"}} if answer is None else answer
    return Exchange(direction, "telegram", "POST", "/", method, kind, params, status, answer)


def twilio(params, answer=None, *, status=201, account=SID):
    path = f"/Accounts/{account}/Messages.json"
    answer = {"status": "queued", "price": None} if answer is None else answer
    return Exchange("request", "twilio", "POST", path, path, "", params, status, answer)


@pytest.mark.parametrize(
    "exchange",
    [
        telegram({"text": "ⵜⵙⵓⵜ"}),
        telegram({"text": "a", "markup": [{"data": "y"}]}),
        telegram({"text": "a", "markup": '{"data": "y"}', "number": "5"}, form=True),
        telegram({"text": "<b>longer</b>"[:4]}),
        telegram({"text": "a"}, {"ok": False, "error_code": 403, "description": "Forbidden"}, status=403),
        telegram({"update_id": 5}, "", direction="callback"),
        twilio({"To": "+212600000001", "Body": "a", "ValidityPeriod": "60"}),
        twilio({"To": "x"}, {"code": 21211, "message": "no", "more_info": "", "status": 400}, status=400),
    ],
)
def test_good_exchanges_pass(checker, exchange):
    checker.observe(exchange)
    assert (checker.active, checker.faults) == (True, [])


@pytest.mark.parametrize(
    ("exchange", "fault"),
    [
        (telegram({}), "call.text is missing"),
        (telegram({"text": "a", "colour": "red"}), "call.colour is unknown"),
        (telegram({"text": "abcde"}), "call.text has 5 characters, not 1-4"),
        (telegram({"text": "a", "markup": [{"data": "ⴰⴰ"}]}), "call.markup[0].data has 6 bytes, not 1-4"),
        (telegram({"text": "a", "markup": "no"}), "call.markup is no Button"),
        (telegram({"text": "a", "number": True}), "call.number is no Integer: True"),
        (telegram({"text": "a"}, method="sing"), "no such method"),
        (telegram({"text": "a"}, {"ok": True, "result": {}}), "answer.text is missing"),
        (telegram({"text": "a"}, {"ok": False, "error_code": 400, "description": "no"}), "has status 200"),
        (telegram({"update_id": "5"}, "", direction="callback"), "update.update_id is no Integer"),
        (twilio({"Body": "a"}), "'To' is a required property"),
        (twilio({"To": "a", "Colour": "red"}), "'Colour' was unexpected"),
        (twilio({"To": "a", "ValidityPeriod": "long"}), "'long' is not of type 'integer'"),
        (twilio({"To": "a", "Body": "a" * 1601}), "longer than 1600"),
        (twilio({"To": "a"}, account="AC1"), "does not match"),
        (twilio({"To": "a"}, {"status": "nonsense"}), "'nonsense' is not one of"),
        (twilio({"To": "a"}, {"price": 5}), "5 is not of type 'string', 'null'"),
        (twilio({"To": "a"}, status=200), "answer has status 200"),
        (twilio({"To": "a"}, {"error": "no"}, status=400), "'code' is a required property"),
    ],
)
def test_violations_are_found_once(checker, exchange, fault):
    checker.observe(exchange)
    checker.observe(exchange)
    assert fault in checker.faults[0]
    assert len(checker.faults) == len(set(checker.faults))


def test_without_documents_it_is_not_active(tmp_path):
    checker = WireChecker.load(tmp_path)
    checker.observe(telegram({}))
    assert (checker.active, checker.faults) == (False, [])
