"""Limit how many SMS segments the texts that staff write may take: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, Field

from api.consultations.content import QuestionContent
from api.errors import Invalid

WARN, MOST = (
    3,
    6,
)  # segments of one message: above WARN staff are warned, above MOST it is refused (Twilio: 1,600 characters)


class Weight(BaseModel):
    """One message of a consultation, as a resident reads it by SMS in one language and script, and its length."""

    question: int = Field(description="Position of the question, starting at 1.")
    part: str = Field(description="Part of the question: the question itself, a statement, or an option's longer text.")
    language: str
    latin: bool
    text: str
    choices: list[str] = Field(description="The choices below the text, as residents read them.")
    segments: int

    @property
    def name(self) -> str:
        """The place of the message in words, for warnings and errors: question, part, language and script."""
        letters = " in Latin letters" if self.latin else ""
        return f"question {self.question}, {self.part}, {self.language}{letters}"


Weigh = Callable[[Sequence[QuestionContent]], Sequence[Weight]]  # measures all messages of these questions


def check(weights: Iterable[Weight]) -> None:
    """Raise Invalid, naming each message that takes more than six segments."""
    too_long = [f"{each.name} takes {each.segments} SMS segments" for each in weights if each.segments > MOST]
    if too_long:
        raise Invalid(f"{'; '.join(too_long)}: a message can take at most {MOST}, so shorten it", field="questions")


def warnings(weights: Iterable[Weight]) -> list[str]:
    """Return a sentence for each message that takes more than three segments."""
    return [f"{each.name} takes {each.segments} SMS segments" for each in weights if each.segments > WARN]
