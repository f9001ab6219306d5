"""Errors of the Bot API."""

from typing import Any

from rehearsal.server import Answer


class RefusedError(Exception):
    """A call that the Bot API refuses: the error code (also the HTTP status), the description and other parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def answer(self) -> Answer:
        """Return the error as the Bot API answers it."""
        content: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            content["parameters"] = self.parameters
        return Answer(self.code, content)


def bad_request(sentence: str) -> RefusedError:
    """Return a 400 error with Telegram's wording."""
    return RefusedError(400, f"Bad Request: {sentence}")
