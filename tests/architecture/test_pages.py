"""Pages are plain files, small, and need no internet: a branch's network often has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CHASSIS, SERVICES, files, name, read

SOURCES = files(".html", ".js", ".css", under=("services",))
PAGES = [page for s in SERVICES for page in sorted((CHASSIS.parent / s / "web").iterdir())]

PAGE = 50 * 1024
EXCEPTIONS = {
    "ticketing/web/kiosk": (80, "seven screens in two languages; 22 KB as a proxy sends it"),
    "dispatch/web/console": (80, "fifteen commands in two languages; 23 KB as a proxy sends it"),
}
"""Page, its own limit in KB, and why."""

NAMESPACES = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xhtml)")


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_a_page_asks_nobody_else_for_anything(source: Path):
    text = NAMESPACES.sub("", _without_comments(source))
    assert re.findall(r"https?://(?!localhost|127\.0\.0\.1)\w[^\s\"'`]*", text) == []
    assert re.findall(r"(?:src|href|url|import)\s*[=(]?\s*[\"'(]+//\w+", text) == []


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_data_never_becomes_markup(source: Path):
    """What a person typed, or a catalogue says, is text."""
    risky = r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b"
    assert re.findall(risky, read(source)) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_is_small(page: Path):
    """Its own files, without the font and the look that all pages share."""
    size = sum(p.stat().st_size for p in page.rglob("*") if p.suffix in {".html", ".js", ".css"})
    limit, _ = EXCEPTIONS.get(name(page).removeprefix("services/"), (PAGE // 1024, ""))
    assert size <= limit * 1024, f"{size / 1024:.1f} KB"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_says_its_language_and_takes_no_inline_script(page: Path):
    """Our content policy refuses inline scripts and styles; so they would be silently dead."""
    text = read(page / "index.html")
    assert re.search(r"<html[^>]*\blang=", text)
    assert re.search(r"<meta[^>]*charset", text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=", text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_whatever_a_page_names_is_there(page: Path):
    """A missing module is a page that stays white."""
    for source in (p for p in page.rglob("*") if p.suffix in {".html", ".js", ".css"}):
        text = _without_comments(source)
        named = re.findall(r"(?:from|import\(?|src=|href=)\s*[\"']([^\"'#?]+)", text)
        named += re.findall(r"url\([\"']?([^\"')#?]+)", text)
        for target in named:
            if target.startswith(("data:", "http", "$")) or "${" in target:
                continue
            assert _place(target, source, page).exists(), f"{name(source)} names {target}"


def _place(target: str, source: Path, page: Path) -> Path:
    if target.startswith("/common/"):
        return CHASSIS / "web" / target.removeprefix("/common/")
    if target.startswith(f"/{page.name}/"):
        return page / target.removeprefix(f"/{page.name}/")
    return source.parent / target


def _without_comments(source: Path) -> str:
    text = re.sub(r"/\*[\s\S]*?\*/|<!--[\s\S]*?-->", "", read(source))
    return re.sub(r"(?m)(?<!:)//(?!\w).*$", "", text) if source.suffix == ".js" else text
