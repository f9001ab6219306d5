"""Errors of the Bot API."""

from typing import Any

from rehearsal.server import Answer


class RefusedError(Exception):
    """Raised if the Bot API refuses a call.

    The API's answer has an error code (also the HTTP status), a description and parameters.
    """

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def answer(self) -> Answer:
        """Return the Bot API's HTTP answer for this error."""
        content: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            content["parameters"] = self.parameters
        return Answer(self.code, content)


def bad_request(sentence: str) -> RefusedError:
    """Return a 400 error with this description, in Telegram's wording."""
    return RefusedError(400, f"Bad Request: {sentence}")
