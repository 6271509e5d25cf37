"""Pages as people see them: opened at their real size, watched for mistakes, looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.pages.hall import PATIENCE

RESULTS = Path(__file__).parents[2] / "test-results" / "pages"
KIOSK, CONSOLE, BOARD, PHONES = (1080, 1920), (1366, 768), (1920, 1080), (1366, 900)
SHIFT, TABLET, VISITOR = (1366, 768), (820, 1180), (390, 844)
_TELL_POLICY = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`content policy: ${violatedDirective} refused ${blockedURI}`));
"""
_BROWSERS_NOTE = "Failed to load resource"  # of a refusal, or of a connection that a test breaks


class Screens:
    """The screens of one test; `end` tells what went wrong unseen."""

    def __init__(self, browser: Browser, addresses: Mapping[str, str]) -> None:
        self._browser = browser
        self._ours = {urlsplit(url).netloc for url in addresses.values()}
        self._contexts: list[BrowserContext] = []
        self._mistakes: list[str] = []
        self.notes: list[str] = []

    def blank(
        self,
        size: tuple[int, int],
        *,
        motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Page:
        """A screen that shows nothing yet."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="ru-RU",
            timezone_id="Asia/Yekaterinburg",
            reduced_motion=motion,
        )
        context.set_default_timeout(PATIENCE * 1000)
        self._contexts.append(context)
        page = context.new_page()
        page.add_init_script(_TELL_POLICY)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._mistakes.append(f"uncaught: {error}"))
        page.on("request", self._see)
        return page

    def open(self, url: str, size: tuple[int, int], **settings: Any) -> Page:
        page = self.blank(size, **settings)
        page.goto(url)
        return page

    def end(self) -> None:
        """Close them all; no script failed, nothing was asked of anybody but us."""
        for context in self._contexts:
            context.close()
        assert not self._mistakes, "\n".join(self._mistakes)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        told = f"{message.text} ({message.location.get('url')})"
        (self.notes if message.text.startswith(_BROWSERS_NOTE) else self._mistakes).append(told)

    def _see(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob", "about"} and url.netloc not in self._ours:
            self._mistakes.append(f"asked of a stranger: {request.url}")


def shot(page: Page, name: str) -> None:
    """Keep what is seen as test-results/pages/*name*.png, for people."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=RESULTS / f"{name}.png", animations="disabled")


def axe(page: Page, *, contrast: bool = False) -> list[str]:
    """What axe finds wrong; with *contrast* it asks for 7 : 1."""
    rules = {"color-contrast-enhanced": {"enabled": contrast}}
    options = {"resultTypes": ["violations"], "rules": rules}
    page.evaluate("window.axe || " + AXE_SCRIPT.rstrip().rstrip(";"))
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [_in_words(rule, node) for rule in found for node in rule["nodes"]]


def _in_words(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
