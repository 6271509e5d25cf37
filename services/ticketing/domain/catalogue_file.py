"""What a catalogue file means: the lists that all branches share, then the branches.

The format is that of services/embedded/data/catalogue.yaml. Fields that only the simulator
reads are passed over.
"""

from __future__ import annotations

import re
from typing import Final

from services.ticketing.domain.branch_file import Shelf, read_branch
from services.ticketing.domain.catalogue import Catalogue, Category, Service, Skill
from services.ticketing.domain.errors import CatalogueInvalid
from services.ticketing.domain.names import Name
from services.ticketing.domain.reading import Form, Node, alike

VERSION: Final = 1

SERVICE: Final = Form(re.compile(r"[A-Z][0-9]{2}"), "B01")
SKILL: Final = Form(re.compile(r"[A-Z]{2,8}"), "PASS")  # a line is named by skills joined with "+"
CATEGORY: Final = Form(re.compile(r"[A-Z]"), "B")
PREFIX: Final = Form(re.compile(r"[A-ZА-ЯЁ]{1,2}"), "Д")

CHANNELS: Final = ("walk_in", "appointment")
LONGEST_VISIT: Final = 480  # minutes
HIGHEST_FEE: Final = 10_000_000  # rubles


def read_catalogue(data: object) -> Catalogue:
    """Return the catalogue that *data* describes, as a YAML or JSON reader gave it.

    Raises:
        CatalogueInvalid: with every fault found, its place and its mend.
    """
    file = Node(data)
    catalogue = _catalogue(file)
    if file.problems:
        raise CatalogueInvalid(file.problems)
    return catalogue


def _catalogue(file: Node) -> Catalogue:
    if not file.fields():
        return Catalogue((), 0)
    file.field("version").number(VERSION, VERSION)
    skills = _skills(file.field("skills"))
    categories = _categories(file.field("categories"))
    shelf = Shelf(skills, categories, *_services(file.field("services"), skills, categories))
    places = [
        (node, read_branch(node, shelf))
        for node in file.field("branches").items(at_least=1)
        if node.fields()
    ]
    alike(((node.field("code"), branch.code) for node, branch in places), "branch")
    return Catalogue(tuple(branch for _, branch in places), len(shelf.services))


def _skills(listed: Node) -> tuple[Skill, ...]:
    places = [
        (node.field("code"), Skill(node.field("code").code(SKILL), _name(node)))
        for node in listed.items(at_least=1)
        if node.fields()
    ]
    alike(((node, skill.code) for node, skill in places), "skill")
    return tuple(skill for _, skill in places)


def _categories(listed: Node) -> tuple[Category, ...]:
    places = [
        (
            node,
            Category(
                code=node.field("code").code(CATEGORY),
                prefix=node.field("ticket_prefix").code(PREFIX),
                spoken=node.field("prefix_spoken_ru").text(),
                name=_name(node),
            ),
        )
        for node in listed.items(at_least=1)
        if node.fields()
    ]
    alike(((node.field("code"), category.code) for node, category in places), "category")
    alike(((node.field("ticket_prefix"), category.prefix) for node, category in places), "prefix")
    return tuple(category for _, category in places)


def _services(
    listed: Node, skills: tuple[Skill, ...], categories: tuple[Category, ...]
) -> tuple[tuple[Service, ...], frozenset[str]]:
    """All services, and the codes of those that are given by appointment only."""
    known_skills = [skill.code for skill in skills]
    known_categories = [category.code for category in categories]
    places = [
        (node, _service(node, known_skills, known_categories))
        for node in listed.items(at_least=1)
        if node.fields()
    ]
    alike(((node.field("code"), service.code) for node, service in places), "service")
    by_appointment = {service.code for node, service in places if not _walk_in(node)}
    return tuple(service for _, service in places), frozenset(by_appointment)


def _service(node: Node, skills: list[str], categories: list[str]) -> Service:
    fee, aliases = node.field("fee_rub"), node.field("aliases_ru")
    needs = [
        (skill, skill.one_of(skills, "skill")) for skill in node.field("skills").items(at_least=1)
    ]
    alike(needs, "skill")
    return Service(
        code=node.field("code").code(SERVICE),
        name=_name(node),
        category=node.field("category").one_of(categories, "category"),
        skills=tuple(code for _, code in needs),
        minutes=node.field("duration_min").number(1, LONGEST_VISIT),
        documents=tuple(document.text() for document in node.field("documents").items()),
        fee=None if fee.null else fee.number(0, HIGHEST_FEE),
        aliases=() if aliases.absent else tuple(alias.text() for alias in aliases.items()),
    )


def _walk_in(node: Node) -> bool:
    channels = node.field("channels")
    if channels.absent:
        return True
    return "walk_in" in [channel.one_of(CHANNELS, "channel") for channel in channels.items()]


def _name(node: Node) -> Name:
    return Name(node.field("name_ru").text(), node.field("name_en").text())
