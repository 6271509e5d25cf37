"""A browser, a hall with people, and their screens."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from services.embedded.stack import Stack
from tests.browser import Absent, running
from tests.pages.hall import PATIENCE, Hall
from tests.pages.screens import Screens

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests of this folder; while it lives, no asyncio test can run in this thread."""
    with sync_playwright() as playwright:
        try:
            with running(playwright.chromium) as browser:
                yield browser
        except Absent as absent:
            if os.environ.get("CI") == "true":
                pytest.fail(str(absent))
            pytest.skip(str(absent))


@pytest.fixture(scope="package")
def branch(talon: Stack) -> Iterator[Hall]:
    hall = Hall(talon.addresses)
    hall.has_no_short_visits()
    yield hall
    hall.end()


@pytest.fixture
def hall(branch: Hall) -> Iterator[Hall]:
    """The branch, with nobody in it before and after."""
    branch.leaves()
    yield branch
    branch.leaves()


@pytest.fixture
def screens(browser: Browser, hall: Hall) -> Iterator[Screens]:
    screens = Screens(browser, hall.addresses)
    yield screens
    screens.end()
