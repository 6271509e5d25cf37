"""Every metric of notify, with its meaning."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES_MOVED = Counter(
    "talon_messages_total", "Messages that came into a state.", ["kind", "state"]
)
MESSAGES = Gauge("talon_messages_now", "Messages that are, or ended, in a state.", ["state"])
BOARDS = Gauge("talon_boards", "Boards that listen here.", ["branch"])
BOARD_CALLS = Counter("talon_board_calls_total", "Calls and recalls shown on boards.", ["branch"])
BOARD_DELAY = Histogram(
    "talon_board_delay_seconds",
    "From the moment a call was told, by dispatch, to its place on the boards' stream.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
