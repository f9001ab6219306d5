"""How each kind of question is offered and understood: the one table to extend for a new kind."""

from __future__ import annotations

from collections.abc import Mapping

from api.consultations import content
from api.dialogue.kinds import closed, many, shared, stances, written
from api.dialogue.kinds.kind import Kind

KINDS: Mapping[str, Kind] = {
    content.YES_NO: closed.YES_NO,
    content.SINGLE: closed.OPTIONS,
    content.PLACE: closed.OPTIONS,
    content.SCALE: closed.SCALE,
    content.SEVERAL: many.SEVERAL,
    content.RANKING: many.RANKING,
    content.POINTS: shared.POINTS,
    content.STATEMENTS: stances.STATEMENTS,
    content.NUMBER: written.NUMBER,
    content.TEXT: written.TEXT,
}
