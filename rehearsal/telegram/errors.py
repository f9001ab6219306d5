"""The Bot API's refusals."""

from typing import Any

from rehearsal.server import Answer


class RefusedError(Exception):
    """A call the Bot API does not carry out: its error code (also the HTTP status), its sentence, and further
    parameters.
    """

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def answer(self) -> Answer:
        """The error as the Bot API words it."""
        content: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            content["parameters"] = self.parameters
        return Answer(self.code, content)


def bad_request(sentence: str) -> RefusedError:
    """A 400, worded as Telegram does."""
    return RefusedError(400, f"Bad Request: {sentence}")
