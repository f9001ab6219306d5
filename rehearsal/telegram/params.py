"""The parameters of a Bot API call, whether they came as JSON, as a form or in the query."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.telegram.errors import bad_request
from rehearsal.text import has_lone_surrogate


class Params:
    """Reads a call's parameters; in a form, what is not a string is JSON.

    Every method raises `RefusedError` on a wrong type.
    """

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        self._values, self._files = values, files

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """A string, empty where it is missing. A lone surrogate is refused: Telegram takes UTF-8 only."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise bad_request(f'field "{name}" must be of type String')
        if has_lone_surrogate(str(value)):
            raise bad_request("strings must be encoded in UTF-8")
        return str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number, also one in a string."""
        value = self._values.get(name)
        if value is None:
            return default
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            raise bad_request(f"{name} must be an integer") from None

    def flag(self, name: str) -> bool:
        """A boolean, also as the words and digits forms hold."""
        return str(self._values.get(name)).lower() in ("true", "1", "yes")

    def decoded(self, name: str) -> Any:
        """An object or array, out of its JSON where it came in a form; None where it is missing."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def inner(self, name: str) -> "Params":
        """The parameters within an object, such as a medium: it may name a file of the call."""
        found = self.decoded(name)
        if not isinstance(found, dict):
            raise bad_request(f"{name} must be an object")
        return Params(found, self._files)

    def file(self, name: str) -> bytes | None:
        """An uploaded file: under its own name, or under the one that `attach://` gives."""
        return self._files.get(self._attached(name), self._files.get(name))

    def file_name(self, name: str) -> str:
        """What an uploaded file is called."""
        given = self._values.get(self._attached(name), self._values.get(name))
        return str(given).removeprefix("<file ").removesuffix(">")

    def _attached(self, name: str) -> str:
        value = self._values.get(name)
        return value.removeprefix("attach://") if isinstance(value, str) else name
