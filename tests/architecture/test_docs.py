"""What the documents say is so: words, states, decisions, links, commands."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from services.dispatch.domain.tickets import State as DispatchTicketState
from services.dispatch.domain.windows import State as WindowState
from services.notify.domain.messages import MessageState
from services.notify.domain.tickets import TicketState as NotifyTicketState
from services.ticketing.domain.tickets import State as TicketState
from tests.architecture.tree import ROOT, files, name, read

GLOSSARY = read(ROOT / "docs" / "glossary.md")
WORDS, _, STATES = GLOSSARY.partition("## States")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [p for p in files(".md") if "tests" not in p.parts]

HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]
HALF_A_PAGE = 300  # words


@pytest.mark.parametrize("word", re.findall(r"^\|[^|]+\| `(\w+)` \|", WORDS, re.MULTILINE))
def test_a_word_of_the_glossary_stands_in_the_code(word: str):
    code = files(".py", under=("contracts", "services"))
    stands = re.compile(rf"(?<![A-Za-z]){word}(?![a-z])|(?<![a-z]){word.title()}(?![a-z])")
    assert any(stands.search(read(path)) for path in code)


@pytest.mark.parametrize(
    ("thing", "states"),
    [
        ("ticket", TicketState),
        ("ticket", DispatchTicketState),
        ("ticket", NotifyTicketState),
        ("window", WindowState),
        ("message", MessageState),
    ],
)
def test_the_states_of_the_glossary_are_those_of_the_code(thing: str, states: type[StrEnum]):
    (row,) = re.findall(rf"^\| {thing} \|(.*)\|$", STATES, re.MULTILINE)
    assert {*re.findall(r"`(\w+)`", row)} == {*states}


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_half_a_page_under_four_headings(decision: Path):
    text = read(decision)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.split()) <= HALF_A_PAGE


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == [*range(1, len(DECISIONS) + 1)]
    for number, path in zip(numbers, DECISIONS, strict=True):
        assert read(path).startswith(f"# {number}. ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_link_leads_somewhere(document: Path):
    targets = re.findall(r"\]\(([^)#\s]+)", re.sub(r"```[\s\S]*?```", "", read(document)))
    missing = [t for t in targets if "://" not in t and not (document.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_place_that_a_document_names_is_there(document: Path):
    """Paths in backquotes, from the root of the repository; secrets are made on the spot."""
    named = re.findall(
        r"`((?:contracts|services|tests|deploy|docs|\.ci)/[\w./-]+)`", read(document)
    )
    named = [place for place in named if not place.startswith("deploy/secrets/")]
    assert [place for place in named if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_test_that_a_document_names_exists(document: Path):
    for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read(document)):
        assert re.search(rf"^(async )?def {test}\(", read(ROOT / path), re.MULTILINE), test


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_make_target_that_a_document_names_exists(document: Path):
    targets = {*re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE)}
    assert {*re.findall(r"(?:`|^)make ([a-z-]+)", read(document), re.MULTILINE)} <= targets


def test_both_readmes_show_the_same_commands_and_pictures():
    english, russian = read(ROOT / "README.md"), read(ROOT / "README.ru.md")
    for sought in (r"^make \w+", r"docs/screenshots/\w+\.png"):
        found = [re.findall(sought, text, re.MULTILINE) for text in (english, russian)]
        assert found[0] == found[1] != []


def test_every_target_of_the_makefile_says_what_it_does():
    makefile = read(ROOT / "Makefile")
    public = {*re.findall(r"^([a-z][a-z-]*):[^=\n]*##", makefile, re.MULTILINE)}
    called_by_check = {*re.findall(r"^(check-[a-z]+):", makefile, re.MULTILINE)}
    assert {*re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE)} == public | called_by_check


def test_the_changelog_keeps_its_form_and_says_security_first():
    changelog = read(ROOT / "CHANGELOG.md")
    kinds = {"Security", "Added", "Changed", "Deprecated", "Removed", "Fixed"}
    assert "## [Unreleased]" in changelog
    for release in changelog.split("\n## ")[1:]:
        found = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert {*found} <= kinds
        assert "Security" not in found[1:]
