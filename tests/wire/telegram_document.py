"""The Bot API's document, compiled to checks of method calls, answers and updates."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rehearsal.exchange import Exchange

_LENGTH = re.compile(r"\b(\d+)-(\d+) (characters|bytes)")
_PLAIN = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool, "True": bool}


class _Field(NamedTuple):
    types: list[str]
    required: bool
    length: tuple[int, int, bool] | None  # minimum, maximum, whether in bytes


def _fields(definition: dict[str, Any]) -> dict[str, _Field]:
    return {
        field["name"]: _Field(field["types"], field["required"], _length(field))
        for field in definition.get("fields", [])
    }


def _length(field: dict[str, Any]) -> tuple[int, int, bool] | None:
    match = _LENGTH.search(field["description"])
    return (int(match[1]), int(match[2]), match[3] == "bytes") if match and "String" in field["types"] else None


class TelegramDocument:
    """Finds the violations in an exchange with the Bot API."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._types = {name: _fields(one) for name, one in document["types"].items()}
        self._subtypes = {name: one.get("subtypes", []) for name, one in document["types"].items()}
        self._methods = {name.lower(): _fields(one) for name, one in document["methods"].items()}
        self._returns = {name.lower(): one["returns"] for name, one in document["methods"].items()}

    @classmethod
    def read(cls, path: Path) -> "TelegramDocument":
        """Read the document from its file."""
        return cls(json.loads(path.read_bytes()))

    def faults(self, exchange: Exchange) -> Iterator[str]:
        """Yield the faults of a call, its answer, or an update."""
        if exchange.direction == "callback":
            yield from self._value(exchange.params, ["Update"], "update")
            return
        method = exchange.operation.lower()
        if method not in self._methods:
            yield "no such method"
            return
        form = exchange.content_type != "application/json"
        yield from self._object(exchange.params, self._methods[method], "call", form=form)
        yield from self._answer(exchange, self._returns[method])

    def _answer(self, exchange: Exchange, returns: list[str]) -> Iterator[str]:
        answer = exchange.answer
        if answer.get("ok") is True:
            yield from self._value(answer.get("result"), returns, "answer")
            wrong = exchange.status != 200
        else:
            wrong = answer.get("error_code") != exchange.status or not isinstance(answer.get("description"), str)
        if wrong:
            yield f"answer {answer} has status {exchange.status}"

    def _object(
        self, value: dict[str, Any], fields: dict[str, _Field], at: str, *, form: bool = False
    ) -> Iterator[str]:
        for name, field in fields.items():
            if field.required and name not in value:
                yield f"{at}.{name} is missing"
        for name, one in value.items():
            here = f"{at}.{name}"
            known = fields.get(name)
            if known is None:
                if not (form and str(one).startswith("<file ")):  # an attached file has a name of its own
                    yield f"{here} is unknown"
                continue
            yield from self._value(_decode(one, known.types) if form else one, known.types, here)
            if known.length and isinstance(one, str) and "parse_mode" not in value:
                yield from _measure(one, known.length, here)

    def _value(self, value: Any, types: list[str], at: str) -> Iterator[str]:
        """Yield the faults of the best fitting type: the fewest, then the deepest; none if a type fits."""
        faults_by_type = [list(self._one(value, type_name, at)) for type_name in types]
        yield from min(faults_by_type, key=lambda faults: (len(faults), -len(faults[0].split()[0]) if faults else 0))

    def _one(self, value: Any, name: str, at: str) -> Iterator[str]:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{at} is no array"
                return
            for place, one in enumerate(value):
                yield from self._value(one, [name.removeprefix("Array of ")], f"{at}[{place}]")
        elif name in _PLAIN:
            if not isinstance(value, _PLAIN[name]) or (isinstance(value, bool) and name in ("Integer", "Float")):
                yield f"{at} is no {name}: {value!r}"
        elif self._subtypes[name]:
            yield from self._value(value, self._subtypes[name], at)
        elif name != "InputFile":
            if isinstance(value, dict):
                yield from self._object(value, self._types[name], at)
            else:
                yield f"{at} is no {name}: {value!r}"


def _decode(value: Any, types: list[str]) -> Any:
    """Convert a form's string to the type in the document; text stays text."""
    if "String" in types or "InputFile" in types or not isinstance(value, str):
        return value
    try:
        return json.loads(value.lower() if types == ["Boolean"] else value)
    except ValueError:
        return value


def _measure(text: str, length: tuple[int, int, bool], at: str) -> Iterator[str]:
    least, most, in_bytes = length
    size = len(text.encode("utf-8", "surrogatepass")) if in_bytes else len(text)
    if not least <= size <= most:
        yield f"{at} has {size} {'bytes' if in_bytes else 'characters'}, not {least}-{most}"
