"""Takes docs/screenshots: the pages at their real size, in the middle of a working morning.

python -m tests.pages.screenshots
"""

from __future__ import annotations

import re
import struct
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import running
from tests.pages.hall import BRANCH, Hall
from tests.pages.screens import BOARD, CONSOLE, KIOSK, PHONES, SHIFT, Screens
from tests.stack import a_talon

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MORNING = "2026-11-23T10:04:00+05:00@26"
"""Fast, so that in a minute people have waited as long as they do."""

OPERATORS: Final = {
    **{"1": "D01", "2": "D02", "3": "D03", "5": "D05", "8": "D07", "10": "D09"},
    **{"11": "D10", "13": "D12", "14": "D13", "16": "D15"},
}
FIRST: Final = ("C07", "A05", "D14", "B11", "J05", "L07", "E05", "P01", "A06", "D08", "C03")
THEN: Final = ("B02", "D01", "C01", "J01", "K01", "D17", "B07", "A01")
LAST: Final = ("J06", "K03", "B01", "G01", "D11")
"""Services of those who are at the windows by now, of those who are called, of those who wait."""

PHONED: Final = {"C07", "D14", "J05", "B02", "D01", "J01", "C01", "D17"}
_EACH_COMES_AFTER = 2.4  # seconds of ours, a minute of theirs
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def main() -> None:
    """Fill a hall, look at it, and let it go."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        a_talon(MORNING) as stack,
        sync_playwright() as playwright,
        running(playwright.chromium) as browser,
    ):
        hall, screens = Hall(stack.addresses), Screens(browser, stack.addresses)
        pages = switch_on(hall, screens)
        fill(hall)
        take(hall, pages)
        screens.end()
        hall.end()


def fill(hall: Hall) -> None:
    """Ten windows at work, four of them calling; a dozen people in the chairs."""
    for window, operator in OPERATORS.items():
        hall.opens(window, operator)
    phones = (f"+7912{number:07}" for number in range(3_004_127, 10**7, 816_537))
    _come(hall, FIRST, phones)
    for window in OPERATORS:
        hall.calls(window)
        hall.does(window, "start")
    _come(hall, THEN, phones)
    for window in ("2", "16", "14"):
        hall.does(window, "finish")
        hall.calls(window)
    hall.does("14", "recall")
    _come(hall, LAST, phones)


def _come(hall: Hall, services: Sequence[str], phones: Iterator[str]) -> None:
    for service in services:
        hall.takes(service, next(phones) if service in PHONED else None)
        time.sleep(_EACH_COMES_AFTER)


def switch_on(hall: Hall, screens: Screens) -> dict[str, Page]:
    """Before anybody comes, as on any morning: by the first call a page knows the time."""
    console = hall.page("dispatch", "console", branch=BRANCH, window=13)
    board = hall.page("notify", "board", branch=BRANCH, zone="hall-1")
    return {
        "console": screens.open(console, CONSOLE),
        "board": screens.open(board, BOARD),
        "phones": screens.open(hall.page("notify", "phones"), PHONES),
        "shift": screens.open(hall.page("dispatch", "shift", branch=BRANCH), SHIFT),
        "kiosk": screens.open(hall.page("ticketing", "kiosk", branch=BRANCH), KIOSK),
    }


def take(hall: Hall, pages: Mapping[str, Page]) -> None:
    """A picture of each in the moment after a call."""
    expect(pages["phones"].locator(".phone")).to_have_count(len(PHONED))
    expect(pages["kiosk"].locator(".tile").first).to_be_visible()
    expect(pages["board"].locator(".call.new")).to_have_count(0, timeout=60_000)
    expect(pages["shift"].locator("#advice b").first).to_be_visible()
    hall.does("13", "finish")
    hall.calls("13")
    expect(pages["board"].locator("#large .call").first).to_contain_text("13")
    expect(pages["console"].locator("#state")).to_have_text("Вызов")
    expect(pages["console"].locator(".timer .number")).to_have_text(re.compile("00:[2-5]"))
    for name, page in pages.items():
        keep(page, FOLDER / f"{name}.png")


def keep(page: Page, file: Path) -> None:
    """A picture of what stands still, as small as it can be without a loss."""
    page.evaluate("document.fonts.ready")
    file.write_bytes(smaller(page.screenshot(animations="disabled")))
    print(f"{file.name}: {file.stat().st_size / 1024:.0f} KB")  # noqa: T201


def smaller(png: bytes) -> bytes:
    """The same pixels, packed as tightly as zlib can, without the notes of the program."""
    kept, pixels, at = [], b"", len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            pixels += body
        elif kind in {b"IHDR", b"PLTE", b"tRNS"}:
            kept.append(_chunk(kind, body))
        at += length + 12
    packed = _chunk(b"IDAT", zlib.compress(zlib.decompress(pixels), 9))
    return _SIGNATURE + b"".join([*kept, packed, _chunk(b"IEND", b"")])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    main()
