"""A walk through data of unknown shape that notes each fault with its place and its mend.

Reading never stops and never raises: a faulty place yields a stand-in, so that one reading
finds all faults. What was read counts only if none was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from reprlib import Repr
from typing import Final

MOST_PROBLEMS: Final = 100
"""A file that is no catalogue at all need not be told so a thousand times."""

LONGEST_TEXT: Final = 500

_ABSENT: Final = object()
_UNPRINTABLE: Final = {"Cc", "Cs"}  # control characters and halves of surrogate pairs
_SHOWN: Final = Repr()
_SHOWN.maxstring = _SHOWN.maxother = 40
_SHOWN.maxlevel = 2
_SHOWN.maxdict = _SHOWN.maxlist = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a file."""

    key: str  # services[3].skills[0]
    error: str
    mend: str


@dataclass(frozen=True, slots=True)
class Form:
    """How a code must look."""

    pattern: re.Pattern[str]
    example: str


class Node:
    """A place in the data. All nodes of one file note their problems in one list."""

    __slots__ = ("_value", "key", "problems")

    def __init__(self, value: object, key: str = "", problems: list[Problem] | None = None) -> None:
        self._value = value
        self.key = key
        self.problems: list[Problem] = [] if problems is None else problems

    @property
    def absent(self) -> bool:
        return self._value is _ABSENT

    @property
    def null(self) -> bool:
        return self._value is None

    def wrong(self, error: str, mend: str) -> None:
        """Note a fault of this place, once."""
        problem = Problem(self.key, error, mend)
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    def fields(self) -> bool:
        """Whether this place has named fields; a fault if not."""
        if isinstance(self._value, dict):
            return True
        self._mistyped("a set of named fields", "write name: value pairs")
        return False

    def field(self, name: str) -> Node:
        """The field *name*, perhaps absent. A name that nearly fits is a fault."""
        value, key = _ABSENT, f"{self.key}.{name}" if self.key else name
        if isinstance(self._value, dict):
            value = self._value.get(name, _ABSENT)
            if value is _ABSENT and (near := _nearest(name, self._value)):
                key = f"{self.key}.{near}".lstrip(".")
                node = Node(self._value[near], key, self.problems)
                node.wrong("there is no such field", f"did you mean {name}?")
                return node
        return Node(value, key, self.problems)

    def items(self, *, at_least: int = 0) -> Iterator[Node]:
        """The members of a list; a fault if this is none or too short."""
        if not isinstance(self._value, list):
            self._mistyped("a list", "write [a, b, c], or one line with a dash for each")
            return
        if len(self._value) < at_least:
            self.wrong("is empty", f"give at least {at_least}")
        for n, value in enumerate(self._value):
            yield Node(value, f"{self.key}[{n}]", self.problems)

    def named(self) -> Iterator[tuple[str, Node]]:
        """The fields of a place whose names are free, each with its name; a fault if none."""
        if not self.fields():
            return
        assert isinstance(self._value, dict)
        for name, value in self._value.items():
            node = Node(value, f"{self.key}.{show(name).strip(chr(39))}", self.problems)
            if isinstance(name, str):
                yield name, node
            else:
                node.wrong("has a name that is no text", 'write the name in "quotes"')

    def text(self) -> str:
        """A text for people."""
        if not isinstance(self._value, str):
            self._mistyped("a text", 'write a text in "quotes"')
        elif not self._value.strip():
            self.wrong("is empty", "write a text")
        elif len(self._value) > LONGEST_TEXT:
            self.wrong(f"has {len(self._value)} characters", f"write at most {LONGEST_TEXT}")
        elif any(unicodedata.category(c) in _UNPRINTABLE for c in self._value):
            self.wrong("has a character that cannot be printed", "write it in one line of letters")
        else:
            return self._value.strip()
        return ""

    def code(self, form: Form) -> str:
        """A code of the given form; a bare number is taken as its digits."""
        value = _word(self._value)
        if not isinstance(value, str):
            self._mistyped("a code", f"write one like {form.example}")
        elif not form.pattern.fullmatch(value):
            self.wrong(f"is {show(value)}, no such code", f"write one like {form.example}")
        else:
            return value
        return ""

    def one_of(self, known: Iterable[str], what: str) -> str:
        """One of the *known* codes of *what*."""
        known, value = list(known), _word(self._value)
        if isinstance(value, str) and value in known:
            return value
        if not isinstance(value, str):
            self._mistyped(f"a {what}", f"write {_choice(known)}")
            return ""
        any_case = {code.upper(): code for code in known}
        near = get_close_matches(value.upper()[:40], any_case, 1, 0.5)
        mend = f"did you mean {any_case[near[0]]}?" if near else f"write {_choice(known)}"
        self.wrong(f"there is no {what} {show(value)}", mend)
        return ""

    def number(self, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(self._value, bool) or not isinstance(self._value, int):
            self._mistyped("a whole number", f"write one from {least} to {most}")
        elif not least <= self._value <= most:
            self.wrong(f"is {show(self._value)}", f"write a number from {least} to {most}")
        else:
            return self._value
        return least

    def flag(self) -> bool:
        """A yes or no."""
        if not isinstance(self._value, bool):
            self._mistyped("a yes or no", "write true or false")
        return self._value is True

    def _mistyped(self, wanted: str, mend: str) -> None:
        if self.absent:
            self.wrong("is missing", mend)
        else:
            self.wrong(f"is {show(self._value)}, not {wanted}", mend)


def alike(nodes: Iterable[tuple[Node, str]], what: str) -> None:
    """Note every code that was used before: *nodes* are places with the code read there."""
    first: dict[str, str] = {}
    for node, code in nodes:
        if code and code in first:
            node.wrong(f"{what} {code} is already at {first[code]}", "give each its own")
        first.setdefault(code, node.key)


def show(value: object) -> str:
    """A short picture of any value."""
    try:
        return _SHOWN.repr(value)
    except ValueError:  # CPython refuses to print numbers of thousands of digits
        return "a huge number"


def _word(value: object) -> object:
    """A bare number of a few digits is a code that somebody left unquoted."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**8:
        return str(value)
    return value


def _nearest(name: str, fields: dict[object, object]) -> str | None:
    names = [field for field in fields if isinstance(field, str) and len(field) <= LONGEST_TEXT]
    near = get_close_matches(name, names, 1, 0.8)
    return near[0] if near else None


def _choice(known: list[str]) -> str:
    if not known:
        return "nothing: none is listed"
    return f"one of {', '.join(known[:12])}{', …' if len(known) > 12 else ''}"
