"""Names say what a thing is, and the chassis does not know what it carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CHASSIS, CODE, ROOT, SERVICES, files, name, read

BANNED = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}
IN_A_SERVICE = {"service", "models", "handlers"}

DOMAIN = re.compile(
    r"(?<![a-z])(ticket|window|operator|visitor|kiosk|skill|promise|recall|no.?show|booking|hall|"
    r"waiting|board|counter.?number|queue.?number|dispatch|notify|ticketing)(?![a-rt-z])",
    re.IGNORECASE,
)
"""Words of the glossary. The chassis has its own for what it carries: a branch is a partition key
there, and the names of services are handed to it."""

SAYS_OTHERWISE = {
    r"\bnotify_all\b": "asyncio's word",
    r"dashboard": "Grafana's word",
}


def test_no_file_has_a_name_that_says_nothing():
    found = [name(p) for p in files(".py", ".lua", ".js", under=CODE) if p.stem in BANNED]
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_file_of_a_service_is_named_after_its_kind(service: str):
    found = files(".py", under=(f"services/{service}",))
    assert [name(path) for path in found if path.stem in IN_A_SERVICE] == []


def test_the_chassis_knows_no_domain_word():
    """Neither in code, nor in its comments. Its web folder is the look of the pages: it may."""
    found = []
    for path in [*CHASSIS.glob("*.py"), *CHASSIS.glob("*.lua")]:
        for number, line in enumerate(read(path).splitlines(), 1):
            said = line
            for pattern in SAYS_OTHERWISE:
                said = re.sub(pattern, "", said)
            if word := DOMAIN.search(said):
                found.append(f"{name(path)}:{number}: {word[0]}")
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_domain_knows_no_word_of_transport(service: str):
    """What carries a rule's values is none of the rule's business."""
    transport = re.compile(
        r"\b(kafka|redis|http|header|offset|partition|json|lua)\b", re.IGNORECASE
    )
    found = [
        f"{name(path)}:{number}: {word[0]}"
        for path in files(".py", under=(f"services/{service}/domain",))
        for number, line in enumerate(_code(read(path)), 1)
        if (word := transport.search(line))
    ]
    assert found == []


@pytest.mark.parametrize("path", files(".py", under=("contracts", "services")), ids=name)
def test_a_module_says_first_what_it_knows(path: Path):
    """One line, so that the list of files reads like a table of contents."""
    text = read(path)
    if path.name == "__init__.py" and not text:
        return
    first = text.partition("\n")[0]
    assert first.startswith('"""'), "no docstring"
    assert first.rstrip('"').endswith((".", "?", ":")), first


def test_nothing_speaks_of_a_machine_it_was_made_on():
    """Paths outside the repository work nowhere else."""
    outside = re.compile(rf"(?<![\w.])({re.escape(str(ROOT))}/|/home/[a-z]|/Users/[A-Za-z])")
    kinds = (".py", ".lua", ".js", ".html", ".css", ".md", ".yml", ".yaml", ".toml", ".json", "")
    found = [
        name(path)
        for path in files(*kinds)
        if path.name != Path(__file__).name and outside.search(read(path))
    ]
    assert found == []


def _code(text: str) -> list[str]:
    """Lines without comments and docstrings: those may say where a rule is used."""
    bare = re.sub(r'"""[\s\S]*?"""', lambda m: "\n" * m[0].count("\n"), text)
    return [line.partition("#")[0] for line in bare.splitlines()]
