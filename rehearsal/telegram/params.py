"""Read the parameters of a Bot API call, which may come from JSON, a form or the query."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.telegram.errors import bad_request
from rehearsal.text import has_lone_surrogate


class Params:
    """The parameters of a call. In a form, values that are not strings are encoded as JSON.

    Every method raises `RefusedError` for a value of the wrong type.
    """

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        self._values, self._files = values, files

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a string, or "" if the parameter is missing.

        A string with a lone surrogate is refused, because Telegram only accepts UTF-8.
        """
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise bad_request(f'field "{name}" must be of type String')
        if has_lone_surrogate(str(value)):
            raise bad_request("strings must be encoded in UTF-8")
        return str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return an integer, which may be sent as a string. If it is missing, return `default`."""
        value = self._values.get(name)
        if value is None:
            return default
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            raise bad_request(f"{name} must be an integer") from None

    def flag(self, name: str) -> bool:
        """Return a boolean. A missing parameter is False."""
        return str(self._values.get(name)).lower() in ("true", "1", "yes")

    def decoded(self, name: str) -> Any:
        """Return an object or an array, which a form sends as JSON text. If it is missing, return None."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def inner(self, name: str) -> "Params":
        """Return the fields of a parameter that is an object (such as `media`) as `Params`.

        A field may refer to a file that was uploaded with the call.
        """
        value = self.decoded(name)
        if not isinstance(value, dict):
            raise bad_request(f"{name} must be an object")
        return Params(value, self._files)

    def file(self, name: str) -> bytes | None:
        """Return the content of the file that was uploaded for this parameter; None if there is none."""
        # the value `attach://NAME` refers to the upload called NAME; any other upload has the parameter's own name
        return self._files.get(self._attached(name), self._files.get(name))

    def file_name(self, name: str) -> str:
        """Return the name of the file that was uploaded for this parameter."""
        value = self._values.get(self._attached(name), self._values.get(name))
        return str(value).removeprefix("<file ").removesuffix(">")

    def _attached(self, name: str) -> str:
        value = self._values.get(name)
        return value.removeprefix("attach://") if isinstance(value, str) else name
