"""The kinds of questions: a table that says how each kind offers choices and how its answers are understood."""

from __future__ import annotations

from collections.abc import Mapping

from api.consultations import content
from api.dialogue.question_kinds import points, several, single, statements, written
from api.dialogue.question_kinds.kind import Kind

KINDS: Mapping[str, Kind] = {
    content.YES_NO: single.YES_NO,
    content.SINGLE: single.OPTIONS,
    content.PLACE: single.OPTIONS,
    content.SCALE: single.SCALE,
    content.SEVERAL: several.SEVERAL,
    content.RANKING: several.RANKING,
    content.POINTS: points.POINTS,
    content.STATEMENTS: statements.STATEMENTS,
    content.NUMBER: written.NUMBER,
    content.TEXT: written.TEXT,
}
