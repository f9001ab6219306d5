"""Plans as files: CSV that comes back byte for byte, JSON in OGP's order, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.commitments import service, write
from api.commitments.fields import Texts
from api.commitments.files import exchange, importing
from api.commitments.schemas import CommitmentIn, PlanIn
from api.errors import Invalid, NotFound
from api.text import spreadsheet
from tests.commitments.plans import CODE, add_plan, assessment, commitments, plan
from tests.consultations import words
from tests.journeys.test_statements import counting
from tests.world import World

# Section (d) of the feature table, in order: OGP Local's page, the national pages, the older form, the milestones.
LOCAL = {
    "Commitment ID": "commitment_id",
    "Commitment title": "title",
    "Action plan": "action_plan",
    "Inception report": "inception_report",
    "Commitment start": "starts_on",
    "Commitment end": "ends_on",
    "Institutions involved": "institutions",
    "Primary policy area": "policy_areas",
    "Primary sector": "sectors",
    "OGP value": "ogp_values",
    "Problem": "problem",
    "Status quo": "status_quo",
    "Action": "action",
    "How will the commitment contribute to solving the public problem?": "contribution",
    "Long-term goal": "long_term_goal",
    "Milestones": "milestones",
    "Inception report summary: verifiable": "verifiable",
    "Inception report summary: relevance to OGP values": "relevant",
    "Inception report summary: new or continuing": "novelty",
    "Inception report summary: binding": "change",
}
NATIONAL = {
    "Lead institution": "lead_institution",
    "Support institution(s)": "support_institutions",
    "IRM report": "irm_report",
    "Early results": "early_results",
    "Design: ambition": "ambition",
    "Challenge": "challenge",
    "Proposed solution": "proposed_solution",
    "Expected results": "expected_results",
    "Impact indicators": "impact_indicators",
    "Why relevant to OGP values": "relevance",
    "Additional information": "additional_information",
    "Description of results": "results",
}
COMPLETION = ["operational", "self_assessed", "monitoring"]
PLAN = ["title", "starts_on", "ends_on", "lead_institution", "submitted_on", "forewords", "vision", "cooperation"]
MILESTONE = ["number", "title", "description", *COMPLETION, "due_on", "lead", "supporting"]

_LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("'=+-@\t\r\n;,\""))
_VALUES = list(CommitmentIn.model_fields["ogp_values"].annotation.__args__[0].__args__)  # type: ignore[union-attr]


def texts(most: int, *, without: str = "") -> st.SearchStrategy[str]:
    """Texts that staff may write, with formulas and quotes among them."""
    unfit = f"{without}\ufffe\uffff"
    return _LETTERS.map(lambda text: "".join(each for each in text if each not in unfit)[:most].strip()).filter(bool)


def three(most: int) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({language: texts(most) for language in ("ar", "fr", "zgh")})


def statuses(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    day = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat)
    return st.fixed_dictionaries({"status": st.sampled_from(names), "on": day}, optional={"evidence": texts(80)})


SOURCES = {
    "operational": statuses("planned", "on_track", "blocked", "done"),
    "self_assessed": statuses("not_started", "limited", "substantial", "completed"),
    "monitoring": statuses("no_evidence", "not_started", "limited", "substantial", "complete"),
}
ITEM = texts(40, without=";\r\n")
LONG = st.fixed_dictionaries({}, optional={language: texts(60) for language in ("ar", "fr", "zgh")})
STEP = st.fixed_dictionaries(
    {"title": three(28)},
    optional={
        **SOURCES,
        "due_on": st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat),
        "description": LONG,
        "lead": ITEM,
        "supporting": st.lists(ITEM, max_size=2),
    },
)
COMMITMENT = st.fixed_dictionaries(
    {"title": three(90), "milestones": st.lists(STEP, max_size=3)},
    optional={
        **SOURCES,
        **dict.fromkeys(("problem", "status_quo", "action", "contribution", "long_term_goal", "challenge"), LONG),
        **dict.fromkeys(("commitment_id", "inception_report", "lead_institution"), ITEM),
        "label": three(20),
        "institutions": st.lists(ITEM, max_size=3),
        "ogp_values": st.lists(st.sampled_from(_VALUES), unique=True),
        "starts_on": st.sampled_from(["2021-11", "2026-01"]),
        "verifiable": st.booleans(),
        "novelty": st.sampled_from(["new", "continuing"]),
        "provinces": st.lists(st.sampled_from(["01.571", "01.511"]), unique=True),
        "confirmed": st.lists(st.sampled_from(["ar", "fr"]), unique=True),
        "theme": st.just("rights"),
    },
)


def numbered(bodies: list[dict[str, Any]]) -> list[CommitmentIn]:
    """Number commitments and their milestones."""
    return [
        CommitmentIn.model_validate(
            {**each, "number": n, "milestones": [{**step, "number": m} for m, step in enumerate(each["milestones"], 1)]}
        )
        for n, each in enumerate(bodies, 1)
    ]


@given(st.lists(COMMITMENT, max_size=3).map(numbered))
@settings(max_examples=150, deadline=None)
def test_csv_comes_back_byte_for_byte_with_the_same_values(records: list[CommitmentIn]) -> None:
    data = exchange.to_csv(records, CODE)
    back = importing.parse(data, CODE)
    assert exchange.to_csv(back, CODE) == data
    assert [_filled(each.model_dump()) for each in back] == [_filled(each.model_dump()) for each in records]


def _filled(value: Any) -> Any:
    """Leave out empty values, at every level."""
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := _filled(each)) not in (None, "", [], {})}
    return [_filled(each) for each in value] if isinstance(value, list) else value


@given(st.lists(COMMITMENT, max_size=3).map(numbered))
@settings(max_examples=60, deadline=None)
def test_no_cell_is_a_formula(records: list[CommitmentIn]) -> None:
    for row in csv.reader(io.StringIO(exchange.to_csv(records, CODE).decode("utf-8-sig"), newline=""), delimiter=";"):
        assert [cell for cell in row if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []


@given(_LETTERS)
def test_a_cell_is_read_as_it_was_meant(text: str) -> None:
    assert spreadsheet.plain(spreadsheet.safe(text)) == text


@pytest.mark.parametrize(
    ("meant", "written"),
    [("=1+1", "'=1+1"), ("'=1", "''=1"), ("'tis", "'tis"), ("l'eau", "l'eau"), ("-3", "'-3"), ("1-3", "1-3")],
)
def test_only_what_would_run_is_quoted(meant: str, written: str) -> None:
    assert (spreadsheet.safe(meant), spreadsheet.plain(written)) == (written, meant)


async def filled(world: World) -> None:
    """Add a plan with every field filled in."""
    long, item = words("long"), "=institution"
    fields = CommitmentIn.model_fields.items()
    body: dict[str, Any] = {name: long for name, field in fields if "Texts" in str(field.annotation)}
    body |= {
        "number": 1, "title": words("a title"), "label": words("short"), "commitment_id": "MATTH0001",
        "inception_report": "https://example.org/a", "starts_on": "2021-11", "ends_on": "2022-11",
        "institutions": [item, "other"], "policy_areas": ["Open Data"], "sectors": ["Public Services (general)"],
        "ogp_values": ["Access to information"], "verifiable": True, "relevant": False, "novelty": "new",
        "change": "not binding", "lead_institution": item, "support_institutions": ["b", "c"], "irm_report": "none",
        "early_results": "marginal", "ambition": "modest", "theme": "rights", "provinces": ["01.571"],
        "confirmed": ["ar"], "operational": assessment("on_track"),
        "self_assessed": assessment("substantial", evidence="+a"),
        "monitoring": assessment("no_evidence", evidence="https://example.org/b"),
        "milestones": [
            {"number": 1, "title": words("step"), "description": long, "due_on": "2022-01-31", "lead": item,
             "supporting": ["d"], "operational": assessment("done"), "self_assessed": assessment("completed"),
             "monitoring": assessment("limited")}
        ],
    }  # fmt: skip
    sheet = {"lead_institution": "Region", "submitted_on": "2021-07-30", "forewords": long, "vision": long}
    async with world.db.transaction() as session:
        await service.save_plan(
            session, PlanIn.model_validate({**plan("full"), **sheet, "cooperation": long}), who="amina", now=world.now()
        )
        await write.put(session, "full", CommitmentIn.model_validate(body), who="amina", now=world.now())


async def test_every_field_of_ogp_is_exported_in_its_order(quiet_world: World) -> None:
    await filled(quiet_world)
    async with quiet_world.db.transaction() as session:
        exported = await exchange.export_json(session, "full")
        data = await exchange.export_csv(session, "full")
    (commitment,) = exported["commitments"]
    names = [*LOCAL.values(), *NATIONAL.values(), *COMPLETION]
    assert [name for name in commitment if name in names] == names
    assert list(commitment) == ["number", *names, "label", "theme", "provinces", "confirmed"]
    assert [name for name in names if commitment[name] in (None, [], {})] == []
    assert list(commitment["milestones"][0]) == MILESTONE
    assert [name for name in MILESTONE if commitment["milestones"][0][name] in (None, [])] == []
    assert [name for name in PLAN if not exported["plan"].get(name)] == []
    header = data.decode("utf-8-sig").splitlines()[0].split(";")
    stems = [column.removesuffix("_ar").removesuffix("_status") for column in header]
    assert [stem for stem in stems if stem in names] == [name for name in names if name != "milestones"]


@pytest.mark.parametrize("code", ["full", CODE])
async def test_a_plan_imported_elsewhere_is_exported_byte_for_byte(quiet_world: World, code: str) -> None:
    await filled(quiet_world)
    await add_plan(quiet_world)
    async with quiet_world.db.transaction() as session:
        data = await exchange.export_csv(session, code)
        moved = data.replace(f";{code};".encode(), b";copy;")
        await service.save_plan(session, PlanIn.model_validate(plan("copy")), who="amina", now=quiet_world.now())
        count = await exchange.import_csv(session, "copy", moved, who="amina", now=quiet_world.now())
        assert count == data.count(b"\r\ncommitment;")
        assert await exchange.export_csv(session, "copy") == moved


async def test_importing_twice_records_nothing_twice(quiet_world: World) -> None:
    await add_plan(quiet_world)
    async with quiet_world.db.transaction() as session:
        data = await exchange.export_csv(session, CODE)
        await exchange.import_csv(session, CODE, data, who="amina", now=quiet_world.now())
        assert await exchange.export_csv(session, CODE) == data
        before = (await service.commitment(session, CODE, 5)).assessments
    assert len({each.id for each in before.values()}) == 2


def _csv(*commitment: dict[str, Any]) -> bytes:
    return exchange.to_csv([CommitmentIn.model_validate(each) for each in commitment], CODE)


GOOD = commitments(date(2026, 11, 24))


def _step(data: bytes, before: bytes, after: bytes) -> bytes:
    """Change one thing in the last row of a file."""
    rest, _, last = data.rstrip(b"\r\n").rpartition(b"\r\n")
    assert before in last
    return b"\r\n".join((rest, last.replace(before, after, 1), b""))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a,b\r\n", "the columns differ from those of an export.*a, b unknown.*export the plan"),
        (b"\xff\xfe", "the columns differ from those of an export"),
        (
            b"row;number\r\ncommitment;\x98\x9d\x81\x8d",
            "line 2 has letters in an unknown encoding: save the file as UTF-8",
        ),
        (
            _csv(GOOD[0]).replace(b"commitment;1", b"milestone;1"),
            "line 2: a milestone must follow the row of its commitment",
        ),
        (_csv(GOOD[0]).replace(b"commitment;1", b"promise;1"), "line 2, column row: write commitment or milestone"),
        (
            _csv(GOOD[0]).replace(b"plan-test", b"plan-other"),
            "line 2, column action_plan: this row belongs to the plan",
        ),
        (
            _csv(GOOD[4]).replace(b"blocked", b"late"),
            "line 2, column operational_status: the value must be one of planned",
        ),
        (_csv(GOOD[0]) + b"x;y\r\n", "line 5: the number of cells differs"),
        (_csv(GOOD[0]) + b'"', "not valid CSV"),
        (_csv(GOOD[0], GOOD[0]), "line 5, column number: commitment 1 is already on line 2"),
        (
            _csv(GOOD[0]) + _csv(GOOD[0]).partition(b"\r\n")[2].replace(b";1;", b";01;", 1),
            "line 5, column number: commitment 1 is already on line 2",
        ),
        (_csv(GOOD[0], GOOD[0]).replace(b"commitment;1", b"commitment;+1", 1), "commitment 1 is already on line 2"),
        (
            _step(_csv(GOOD[0]), b"on_track", b"soon"),
            "line 4, column milestone_operational_status: the value must be one of",
        ),
        (_step(_csv(GOOD[0]), b";2;", b";1;"), "line 4, column milestone_number: milestone 1 is already on line 3"),
        (
            _step(_csv(GOOD[0]), b";texte step 2;", b";;"),
            "line 4, column milestone_title_fr: the value must not be empty",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_column(data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        importing.parse(data, CODE)


def test_a_number_is_the_same_however_a_spreadsheet_writes_it() -> None:
    data = _csv(GOOD[0]).replace(b"milestone;1;", b"milestone;01;")
    assert importing.parse(data, CODE) == importing.parse(_csv(GOOD[0]), CODE)


def test_all_errors_are_reported_at_once_with_the_lines_a_person_counts() -> None:
    long = {**GOOD[0], "problem": {"fr": "un\r\nproblème\r\nen trois lignes"}}
    data = _csv(long, GOOD[4]).replace(b"blocked", b"late").replace(b";2026-", b";26-")
    with pytest.raises(Invalid) as wrong:
        importing.parse(data, CODE)
    errors = str(wrong.value).split("; ")
    assert [each.partition(":")[0] for each in errors] == [
        "line 5, column milestone_operational_on", "line 5, column milestone_due_on",
        "line 6, column milestone_operational_on", "line 6, column milestone_due_on",
        "line 7, column operational_on", "line 7, column operational_status",
        "line 8, column milestone_operational_on", "line 8, column milestone_due_on",
    ]  # fmt: skip


TEXT = 'ⴰⵎⴰⵏ «ماء»\r\nl\'eau, "bleue"; =1+1\n‏ٱلسلام 🌊'


async def test_any_text_is_exported_and_imported_byte_for_byte(quiet_world: World) -> None:
    await add_plan(quiet_world)
    body = {**GOOD[0], "number": 9, "problem": dict.fromkeys(("ar", "fr", "zgh"), TEXT), "institutions": ['a "b"']}
    async with quiet_world.db.transaction() as session:
        await write.put(session, CODE, CommitmentIn.model_validate(body), who="amina", now=quiet_world.now())
        data = await exchange.export_csv(session, CODE)
        assert data.startswith(b"\xef\xbb\xbfrow;number;")
        await exchange.import_csv(session, CODE, data, who="amina", now=quiet_world.now())
        assert await exchange.export_csv(session, CODE) == data
        assert (await service.commitment(session, CODE, 9)).as_input().problem == Texts(ar=TEXT, fr=TEXT, zgh=TEXT)


async def test_a_wrong_file_is_refused_as_a_whole(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        await service.save_plan(session, PlanIn.model_validate(plan()), who="amina", now=quiet_world.now())
    async with quiet_world.db.transaction() as session:
        wrong = _csv(*GOOD).replace(b"blocked", b"late")
        with pytest.raises(Invalid):
            await exchange.import_csv(session, CODE, wrong, who="amina", now=quiet_world.now())
    async with quiet_world.db.transaction() as session:
        assert await exchange.export_csv(session, CODE) == _csv()


async def test_a_big_plan_takes_no_more_statements_than_a_small_one(quiet_world: World) -> None:
    counts = []
    for many in (1, 40):
        code = f"big-{many}"
        steps = [
            {"number": n, "title": words("step"), "operational": assessment("planned")} for n in range(1, many + 1)
        ]
        bodies = [{"number": n, "title": words("title"), "milestones": steps} for n in range(1, 2 + many // 8)]
        data = exchange.to_csv([CommitmentIn.model_validate(each) for each in bodies], code)
        async with quiet_world.db.transaction() as session:
            await service.save_plan(session, PlanIn.model_validate(plan(code)), who="amina", now=quiet_world.now())
            with counting(quiet_world) as statements:
                for _ in range(2):  # first new, then unchanged
                    await exchange.import_csv(session, code, data, who="amina", now=quiet_world.now())
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 30


async def test_a_file_needs_an_existing_plan(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        with pytest.raises(NotFound):
            await exchange.import_csv(session, "nowhere", _csv(), who="amina", now=quiet_world.now())
