"""Names of agents, words of options and tags cannot reverse the text around them or control a terminal."""

from __future__ import annotations

from api.answers.schemas import TagIn
from api.authoring.word_schemas import AssignIn
from api.consultations.schemas import OptionIn
from tests.api.office import call
from tests.api.test_refusals import refused
from tests.world import World

MARKS = "\u202e\u2066\u2069\u200f"


async def test_names_are_on_one_line_and_turn_nothing_around(quiet_world: World) -> None:
    answer = await call(quiet_world, "POST", "/v1/agents", json={"name": f"Amal{MARKS}\r\n\tTanger"})
    assert (answer.status_code, answer.json()["name"]) == (201, "Amal Tanger")
    for bad in ("Amal\x1b[2J", "Amal\x9b31m", "Amal\x7f", MARKS):
        error = await refused(quiet_world, "POST", "/v1/agents", 422, json={"name": bad})
        assert [each["field"] for each in error["faults"]] == ["body.name"]
    fields = {"code": "plan", "question": 1, "text": f"rou{MARKS}te"}
    assert AssignIn(**fields, option=1).text == TagIn(tag=f"rou{MARKS}te").tag == "route"
    assert OptionIn(ar="a", fr="b", zgh="c", also=[f"rou{MARKS}te"]).also == ["route"]
