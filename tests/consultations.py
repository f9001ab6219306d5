"""Descriptions of consultations for tests."""

from __future__ import annotations

from typing import Any


def words(text: str) -> dict[str, str]:
    """One text in three languages, which differ in the first word."""
    return {"ar": f"نص {text}", "fr": f"texte {text}", "zgh": f"ⴰⴹⵕⵉⵚ {text}"}


def question(kind: str, *, options: int = 0, **rules: Any) -> dict[str, Any]:
    """A question of one kind."""
    return {
        "kind": kind,
        "text": words(kind.replace("_", " ")),
        "options": [words(f"option {place}") for place in range(1, options + 1)],
        "rules": rules,
    }


def main_consultation() -> dict[str, Any]:
    """The consultation of most journeys: four questions, code `plan`."""
    return {
        "code": "plan",
        "title": words("plan"),
        "questions": [
            question("single", options=3),
            question("yes_no"),
            question("scale", low=1, high=5),
            question("text"),
        ],
    }


def every_kind() -> dict[str, Any]:
    """A consultation with five kinds of questions; the others are in `other_kinds`."""
    return {
        "code": "kinds",
        "title": words("all"),
        "questions": [
            question("yes_no"),
            question("single", options=3),
            question("several", options=4, most=3),
            question("ranking", options=3, least=2),
            question("place"),
        ],
    }


def other_kinds() -> dict[str, Any]:
    """A consultation with the kinds that `every_kind` lacks."""
    return {
        "code": "others",
        "title": words("others"),
        "questions": [question("scale", low=0, high=3), question("number", low=0, high=120), question("text")],
    }


def proposal(place: int) -> dict[str, Any]:
    """An option for a proposal, with a longer text."""
    return {**words(f"option {place}"), "detail": words(f"detail {place}"), "reference": f"proposal-{place}"}


def vote(kind: str, *, options: int = 6, **rules: Any) -> dict[str, Any]:
    """A round: one question whose options are proposals; code `round`."""
    votes = {**question(kind, **rules), "options": [proposal(place) for place in range(1, options + 1)]}
    return {"code": "round", "title": words("round"), "questions": [votes]}
