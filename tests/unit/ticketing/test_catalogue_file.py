"""A catalogue file: what it means, and how its faults are named."""

from __future__ import annotations

import contextlib
import copy
from datetime import date, datetime, time, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import BranchPublished
from services.embedded.data import EXAMPLE
from services.ticketing.domain.catalogue import Operator, Window
from services.ticketing.domain.catalogue_file import read_catalogue
from services.ticketing.domain.errors import CatalogueInvalid, UnknownService
from services.ticketing.domain.hours import Hours
from services.ticketing.domain.published import published
from services.ticketing.domain.reading import MOST_PROBLEMS, Problem
from tests.unit.ticketing.builders import a_branch, a_branch_file, a_file, a_service


def faults(data: object) -> list[Problem]:
    with pytest.raises(CatalogueInvalid) as caught:
        read_catalogue(data)
    return list(caught.value.errors)


def the_fault(data: object) -> Problem:
    (fault,) = faults(data)
    return fault


def test_the_example_catalogue_is_whole():
    """180 services, three branches; the small town offers no biometrics."""
    catalogue = read_catalogue(yaml.safe_load(EXAMPLE.read_text("utf-8")))
    assert catalogue.services == 180
    offered = {branch.code: len(branch.services) for branch in catalogue.branches}
    assert offered == {"BR-S": 177, "BR-D": 180, "BR-F": 180}


def test_a_branch_carries_all_that_it_uses_and_no_more():
    """Skills, categories and services of other branches stay out."""
    branch = a_branch()
    assert [s.code for s in branch.services] == ["B01", "B07", "D01"]
    assert [c.code for c in branch.categories] == ["B", "D"]
    assert [s.code for s in branch.skills] == ["PASS", "BIO", "REAL"]
    assert branch.windows == (Window("1", "hall", True), Window("2", "hall", False))
    assert branch.operators[1] == Operator("T02", ("PASS", "REAL"), None)
    assert branch.week.days[5] == Hours(time(9), time(14))
    assert branch.week.days[6] is None
    assert branch.week.last_ticket == timedelta(minutes=15)


@pytest.mark.parametrize("code", ["D02", "F01", "Z99", ""])
def test_a_service_that_is_not_offered_is_unknown(code):
    """Left out here, by appointment only, or not at all: nobody walks in for it."""
    with pytest.raises(UnknownService):
        a_branch().service(code)


def test_the_others_are_told_all_they_need():
    """The fact survives its own JSON, and every word in it fits the contract."""
    fact = published(a_branch())
    assert BranchPublished.model_validate_json(fact.model_dump_json()) == fact
    assert fact.week[6] is None
    assert fact.last_ticket_minutes == 15
    assert fact.services[2].fee is None


def test_a_mistyped_skill_is_mended():
    """The place, the error and the mend."""
    file = a_file()
    file["services"][2]["skills"] = ["REEL"]
    assert the_fault(file) == Problem(
        "services[2].skills[0]", "there is no skill 'REEL'", "did you mean REAL?"
    )


def with_operator(**changes: object) -> dict[str, object]:
    """BR-T with this second operator."""
    first, second = a_branch_file()["operators"]
    return a_file(branches=[a_branch_file(operators=[first, second | changes])])


def test_an_operator_may_help_out():
    """With skills besides the own ones; the others are told, with the names of the skills."""
    branch = read_catalogue(with_operator(helps=["BIO"])).branches[0]
    assert branch.operators[1] == Operator("T02", ("PASS", "REAL"), None, ("BIO",))
    assert published(branch).operators[1].helps == ("BIO",)
    assert published(branch).operators[0].helps == ()


def test_a_helper_can_give_a_service_too():
    """D02 needs REAL and BIO: T02 has the one and helps with the other."""
    first, second = a_branch_file()["operators"]
    helper = second | {"helps": ["BIO"]}
    file = a_branch_file(operators=[first, helper], unavailable_services=[])
    offered = read_catalogue(a_file(branches=[file])).branches[0].services
    assert [service.code for service in offered] == ["B01", "B07", "D01", "D02"]


def test_a_skill_that_is_only_helped_with_has_its_name_told():
    """Though no service that one can walk in for needs it."""
    branch = read_catalogue(with_operator(helps=["ZAGS"])).branches[0]
    assert "ZAGS" in {skill.code for skill in published(branch).skills}


@pytest.mark.parametrize(
    ("helps", "place", "error", "mend"),
    [
        (["PASS"], "[0]", "own already", "not under both"),
        (["BIO", "BIO"], "[1]", "already at", "each its own"),
        (["BIOO"], "[0]", "no skill 'BIOO'", "BIO?"),
        ("BIO", "", "not a list", "[a, b, c]"),
    ],
)
def test_a_help_that_is_none_is_a_fault(helps, place, error, mend):
    """With its place and its mend."""
    fault = the_fault(with_operator(helps=helps))
    assert fault.key == f"branches[0].operators[1].helps{place}"
    assert error in fault.error
    assert mend in fault.mend


def test_a_misspelt_optional_field_is_found():
    """An option with a slip in its name must not be passed over in silence."""
    branch = a_branch_file()
    branch["unavailable_service"] = branch.pop("unavailable_services")
    assert the_fault(a_file(branches=[branch])) == Problem(
        "branches[0].unavailable_service",
        "there is no such field",
        "did you mean unavailable_services?",
    )


def test_all_faults_are_found_at_once():
    """One reading names them all, each once."""
    file = a_file(branches=[a_branch_file(timezone="Asia/Ekaterinburg", name_en="")])
    file["services"][0]["duration_min"] = "15"
    file["services"][1]["fee_rub"] = -1
    found = faults(file)
    assert [fault.key for fault in found] == [
        "services[0].duration_min",
        "services[1].fee_rub",
        "branches[0].name_en",
        "branches[0].timezone",
    ]
    assert found[3].mend == "did you mean Asia/Yekaterinburg?"


def test_a_service_that_nobody_can_give_is_a_fault():
    """A ticket for it would wait for ever."""
    branch = a_branch_file(unavailable_services=[])
    fault = the_fault(a_file(branches=[branch]))
    assert fault.key == "branches[0].operators"
    assert "D02" in fault.error
    assert "REAL+BIO" in fault.error


def test_the_same_code_twice_is_a_fault():
    """It is named where it comes again, with the place where it was first."""
    file = a_file()
    file["services"].append(a_service("B01", "PASS"))
    fault = the_fault(file)
    assert fault.key == "services[5].code"
    assert "services[0].code" in fault.error


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ("9-18", "from"),
        ("18:00-09:00", "no tickets"),
        ("09:00-09:15", "no tickets"),
        ("09:00-24:00", "from"),
        (540, "540"),
    ],
)
def test_hours_that_are_none_are_a_fault(hours, says):
    """Also those that leave no time for a ticket."""
    branch = a_branch_file()
    branch["opening_hours"]["tue"] = hours
    fault = faults(a_file(branches=[branch]))[0]
    assert fault.key == "branches[0].opening_hours.tue"
    assert says in fault.error


def test_a_day_left_out_is_a_fault():
    """Nobody guesses whether the branch is closed then."""
    branch = a_branch_file()
    del branch["opening_hours"]["wed"]
    fault = the_fault(a_file(branches=[branch]))
    assert (fault.key, fault.error) == ("branches[0].opening_hours.wed", "is missing")
    assert "null" in fault.mend


def test_a_branch_that_never_opens_is_a_fault():
    """It would promise nobody anything."""
    never = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    assert the_fault(a_file(branches=[a_branch_file(opening_hours=never)])).error == "never open"


def test_a_file_full_of_faults_is_not_told_all_of_them():
    """The list is for people."""
    assert len(faults(a_file(services=[None] * 1000))) == MOST_PROBLEMS


recursive: list[object] = []
recursive.append(recursive)

odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.binary(max_size=4)
    | st.just("huge").map(lambda _: 16**6000)  # too long for CPython to print
    | st.just("\ud800")
    | st.just(recursive)
    | st.dates()
    | st.datetimes()
    | st.sets(st.integers(), max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.integers() | st.text(max_size=5) | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a catalogue file."""
    inner: list[tuple[object, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path] + [place for key, child in inner for place in places(child, (*path, key))]


PLACES = [place for place in places(a_file()) if place]


@given(odd)
def test_no_file_is_too_odd_to_be_read(data):
    """Whatever a YAML reader gives back, the answer is a list of faults."""
    assert all(fault.error and fault.mend for fault in faults(data))


@settings(max_examples=400)
@given(st.sampled_from(PLACES), odd)
def test_no_place_is_too_odd_to_be_read(place, data):
    """A catalogue with anything anywhere is read, or its faults are named."""
    file = copy.deepcopy(a_file())
    at = file
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = data
    with contextlib.suppress(CatalogueInvalid):
        for branch in read_catalogue(file).branches:
            assert published(branch).model_dump_json().encode("utf-8")


@pytest.mark.parametrize("value", [date(2026, 1, 1), datetime(2026, 1, 1), True, 1.5])  # noqa: DTZ001
def test_a_value_of_another_type_is_shown(value):
    """The error shows what stood there."""
    file = a_file()
    file["skills"][0]["name_ru"] = value
    fault = the_fault(file)
    assert fault.key == "skills[0].name_ru"
    assert "not a text" in fault.error
