"""Twilio's OpenAPI document, compiled to validators of the calls and answers of its message resource."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from rehearsal.exchange import Exchange

_ERROR = {
    "type": "object",
    "required": ["code", "message", "more_info", "status"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "status": {"type": "integer"}},
}
_LONGEST_BODY = 1600  # stated in the document's prose only


class _Operation:
    """One operation: a pattern of its path, a validator of its parameters, and one of each answer."""

    def __init__(self, path: str, operation: dict[str, Any], shared: list[Any], plain: Any) -> None:
        self.path = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        fields = {one["name"]: one for one in [*shared, *operation.get("parameters", [])]}
        form: dict[str, Any] = {}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            form = plain(content["schema"])
        properties = {name: plain(one["schema"]) for name, one in fields.items()} | form.get("properties", {})
        self.types = {name: schema.get("type") for name, schema in properties.items()}
        required = [name for name, one in fields.items() if one.get("required")] + form.get("required", [])
        schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
        self.request = Draft202012Validator(schema)
        self.answers = {
            int(code): Draft202012Validator(plain(content["schema"]))
            for code, answer in operation["responses"].items()
            for content in answer.get("content", {"": {"schema": {}}}).values()
        }

    def decode(self, name: str, value: Any) -> Any:
        """Convert a form's string to the type in the document if possible."""
        wanted = self.types.get(name)
        if wanted == "array":
            return value if isinstance(value, list) else [value]
        if wanted == "boolean" and value in ("true", "false", "True", "False"):
            return value.lower() == "true"
        if wanted in ("integer", "number") and re.fullmatch(r"-?[0-9.]+", str(value)):
            return json.loads(value)
        return value


class TwilioDocument:
    """Finds the violations in an exchange with Twilio's REST API."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self._error = Draft202012Validator(_ERROR)
        self._operations: dict[str, list[_Operation]] = {}
        for path, item in document["paths"].items():
            messages = "/Messages" in path and "Media" not in path and "Feedback" not in path
            if messages or path.endswith("/Accounts/{Sid}.json"):
                for method in item.keys() & {"get", "post", "delete"}:
                    operation = _Operation(path, item[method], item.get("parameters", []), self._plain)
                    self._operations.setdefault(method.upper(), []).append(operation)

    @classmethod
    def read(cls, path: Path) -> "TwilioDocument":
        """Read the document from its file."""
        return cls(json.loads(path.read_bytes()))

    def faults(self, exchange: Exchange) -> Iterator[str]:
        """Yield the faults of a call or its answer; Twilio's own callbacks are in no document."""
        if exchange.direction == "callback":
            return
        for operation in self._operations.get(exchange.method, []):
            if match := operation.path.fullmatch(exchange.operation):
                yield from self._request(operation, exchange, match.groupdict())
                yield from self._answer(operation, exchange)
                return
        yield "no such operation"

    def _request(self, operation: _Operation, exchange: Exchange, named: dict[str, str]) -> Iterator[str]:
        params = {name: operation.decode(name, value) for name, value in exchange.params.items()}
        for error in operation.request.iter_errors(named | params):
            yield f"request {error.json_path}: {error.message}"
        if len(str(params.get("Body", ""))) > _LONGEST_BODY:
            yield "request $.Body: longer than 1600"

    def _answer(self, operation: _Operation, exchange: Exchange) -> Iterator[str]:
        wrong = exchange.status >= 400
        if not wrong and exchange.status not in operation.answers and not exchange.lost:
            yield f"answer has status {exchange.status}"
        validator = self._error if wrong else operation.answers.get(exchange.status)
        for error in validator.iter_errors(exchange.answer) if validator else ():
            yield f"answer {error.json_path}: {error.message}"

    def _plain(self, schema: Any) -> Any:
        """JSON Schema for an OpenAPI 3.0 schema: references resolved, `nullable` as a type."""
        if isinstance(schema, list):
            return [self._plain(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self._plain(self._schemas[schema["$ref"].rpartition("/")[2]])
        plain = {key: self._plain(value) for key, value in schema.items()}
        if plain.pop("nullable", False):
            plain["type"] = [plain.get("type", "object"), "null"]
        return plain
