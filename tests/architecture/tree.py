"""The files of the project, as the house rules look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("ticketing", "dispatch", "notify")
CHASSIS = ROOT / "services" / "chassis"

Function = ast.FunctionDef | ast.AsyncFunctionDef

CODE = ("contracts", "services", "tests")
ALL = (*CODE, "deploy", "docs", ".ci")


def files(*suffixes: str, under: tuple[str, ...] = ALL) -> list[Path]:
    """Files of these kinds below some folders; those of the top when *under* is everything."""
    found = [path for folder in under for path in (ROOT / folder).rglob("*")]
    found += [*ROOT.iterdir()] if under == ALL else []
    return sorted(p for p in found if p.is_file() and _ours(p) and p.suffix in suffixes)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text("utf-8")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of every function, without its docstring and the functions inside it:
    a router is a table of routes, and each of them is looked at by itself.
    """
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, Function):
            inside = [n for n in node.body if isinstance(n, Function)]
            apart = sum(map(_lines, [*inside, *filter(_is_docstring, node.body[:1])]))
            yield node.name, _lines(node) - apart


def _lines(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _ours(path: Path) -> bool:
    """Not what tools leave behind, nor the secrets of this machine."""
    return not {"__pycache__", ".cache", ".venv", "secrets"} & {*path.parts}
