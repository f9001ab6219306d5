"""The SMS budget of what staff write: how many segments a text may take; pure rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, Field

from api.consultations.content import QuestionContent
from api.errors import Invalid

WARN, MOST = 3, 6  # segments of one message: above, staff are warned; above, it is refused (Twilio: 1,600 letters)


class Weight(BaseModel):
    """One message of a consultation in one language and script, as a resident reads it by SMS."""

    question: int = Field(description="its place, from 1")
    part: str = Field(description="the question, a statement, or an option's longer text")
    language: str
    latin: bool
    text: str
    choices: list[str] = Field(description="the words below it, as residents read them")
    segments: int

    @property
    def name(self) -> str:
        """What it is, in words."""
        letters = " in Latin letters" if self.latin else ""
        return f"question {self.question}, {self.part}, {self.language}{letters}"


Weigh = Callable[[Sequence[QuestionContent]], Sequence[Weight]]  # every message of these questions, by SMS


def check(weights: Iterable[Weight]) -> None:
    """Raises Invalid, naming each text that takes more than six segments."""
    heavy = [f"{each.name} takes {each.segments} SMS segments" for each in weights if each.segments > MOST]
    if heavy:
        raise Invalid(f"{'; '.join(heavy)}: {MOST} are the most", field="questions")


def warnings(weights: Iterable[Weight]) -> list[str]:
    """What takes more than three segments, in words."""
    return [f"{each.name} takes {each.segments} SMS segments" for each in weights if each.segments > WARN]
