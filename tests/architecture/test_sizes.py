"""A file that grows past its limit is two ideas."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.tree import CODE, files, functions, name, read

PYTHON, LUA, FUNCTION, PAGE = 300, 60, 40, 350

EXCEPTIONS: dict[str, str] = {
    "services/dispatch/domain/forecast_kernel.py": "compiled as one; its functions share arrays",
    "tests/store/test_two_services.py": "one state machine is one class",
    "services/chassis/prelude.lua": "many small functions; a script sees one prelude",
}
"""Path, or path:function, and why it may be longer."""


def too_long(suffix: str, limit: int) -> list[str]:
    lengths = {p: len(read(p).splitlines()) for p in files(suffix, under=CODE)}
    return [
        f"{name(p)}: {n}" for p, n in lengths.items() if n > limit and name(p) not in EXCEPTIONS
    ]


@pytest.mark.parametrize(
    ("suffix", "limit"), [(".py", PYTHON), (".lua", LUA), (".js", PAGE), (".css", PAGE)]
)
def test_no_file_is_longer_than_one_sitting(suffix: str, limit: int):
    assert too_long(suffix, limit) == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name(path)}:{function}: {lines}"
        for path in files(".py", under=CODE)
        for function, lines in functions(path)
        if lines > FUNCTION and f"{name(path)}:{function}" not in EXCEPTIONS
    ]
    assert long == []


def test_every_exception_is_still_needed():
    limits = {".py": PYTHON, ".lua": LUA, ".js": PAGE, ".css": PAGE}
    for exception in EXCEPTIONS:
        place, _, function = exception.partition(":")
        path = next(p for p in files(Path(place).suffix, under=CODE) if name(p) == place)
        if function:
            assert dict(functions(path))[function] > FUNCTION
        else:
            assert len(read(path).splitlines()) > limits[path.suffix]
