"""Every metric of dispatch. Waiting and windows are read from the store; the rest is counted."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

WAITING = Gauge("talon_waiting_tickets", "People waiting.", ["branch", "line"])
LONGEST_WAIT = Gauge(
    "talon_longest_wait_seconds",
    "How long the first of the line has waited, where somebody waits.",
    ["branch", "line"],
)
WAIT = Histogram(
    "talon_wait_seconds",
    "From arrival to first call.",
    ["branch"],
    buckets=(60, 180, 300, 600, 900, 1200, 1800, 3600),
)
CALLS = Counter("talon_calls_total", "Calls and repeated calls.", ["branch", "kind"])
WINDOWS = Gauge("talon_windows", "Windows by what happens there.", ["branch", "state"])
FORECAST_SECONDS = Histogram(
    "talon_forecast_seconds",
    "Time to forecast a branch.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 20),
)
FORECAST_INSIDE = Gauge(
    "talon_forecast_inside_ratio", "Share of calls inside their 80 % range.", ["branch"]
)
FORECAST_ERROR = Gauge(
    "talon_forecast_error_seconds",
    "Root mean square error of the forecast made at issue, ours and two simple rules.",
    ["branch", "rule"],
)
ALARMS = Gauge("talon_alarms", "Things that somebody should look at.", ["branch", "kind"])
VISITS = Counter("talon_visits_total", "Visits that ended, and how.", ["branch", "outcome"])
