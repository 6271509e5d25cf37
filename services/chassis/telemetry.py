"""Logs as JSON lines, with phone numbers masked; metrics that every service has."""

from __future__ import annotations

import json
import logging
import re
import sys

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from services.chassis.clock import real_now

# Nobody looks at when a series began, and they double the scrape.
disable_created_metrics()  # type: ignore[no-untyped-call]

HTTP_REQUESTS = Counter(
    "talon_http_requests_total", "Requests answered.", ["route", "method", "status"]
)
HTTP_SECONDS = Histogram(
    "talon_http_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
OUTBOX_UNSENT = Gauge("talon_outbox_unsent", "Events told but not yet in Kafka.")
OUTBOX_OLDEST = Gauge("talon_outbox_oldest_seconds", "Age of the oldest event not yet in Kafka.")
RELAYED = Counter("talon_relayed_total", "Events brought to Kafka.", ["topic"])
CONSUMER_LAG = Gauge("talon_consumer_lag", "Records of the topic not yet applied here.", ["topic"])
CONSUMER_STILL = Gauge(
    "talon_consumer_still_seconds",
    "How long a reader has stood still with records to read; the service ends by it.",
    ["topic"],
)
CONSUMED = Counter("talon_consumed_total", "Records applied.", ["topic"])
GAPS = Counter(
    "talon_gaps_total",
    "Stories with events missing, or forgotten by their source.",
    ["topic", "kind"],
)
GAPS_OPEN = Gauge("talon_gaps_open", "Gaps whose events were not heard yet.", ["topic"])
REPAIRS = Counter(
    "talon_repairs_total",
    "Gaps that were told again, or are gone: no outbox has all that is missing.",
    ["topic", "outcome"],
)
LOG_LOST = Counter(
    "talon_log_lost_total", "Times that Kafka lost what it had acknowledged.", ["topic"]
)
DEAD_LETTERS = Counter(
    "talon_dead_letters_total", "Records that could not be read or applied.", ["topic"]
)
STORE_FORGOT = Counter(
    "talon_store_forgot_total", "Times that the store had lost an event which was read from it."
)
TOO_FEW_COPIES = Counter(
    "talon_too_few_copies_total", "Writes that do not count, for too few replicas have them."
)
STORE_COPIES = Gauge(
    "talon_store_copies", "Replicas that must have a change before it is answered."
)
STORE_REPLICAS = Gauge(
    "talon_store_replicas", "Replicas in step with their master, of the one that has the fewest."
)
STORE_UNREPLICATED = Gauge(
    "talon_store_unreplicated_bytes", "What a failover now would lose, of the worst master."
)
LIVE_LISTENERS = Gauge("talon_live_listeners", "Pages that listen for live events.")


def count_from_zero(topic: str) -> None:
    """Show the rare counters of *topic* early: a first step from nowhere is no increase."""
    for kind in ("missing", "forgotten"):
        GAPS.labels(topic, kind)
    REPAIRS.labels(topic, "gone")
    DEAD_LETTERS.labels(topic)


def tell_from_zero(topic: str) -> None:
    """The same for a *topic* that is told here."""
    for outcome in ("told", "gone"):
        REPAIRS.labels(topic, outcome)
    LOG_LOST.labels(topic)


def reason(error: BaseException) -> str:
    """*error* for a log; the `repr` of the Redis client's own does not say what is wrong."""
    return f"{type(error).__name__}: {error}"


_PHONE = re.compile(r"(\+\d)\d{6}(\d{4})\b|(?<![\w.])(\d)\d{6}(\d{4})(?![\w.])")
_PLAIN = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime", "taskName"}


def mask(text: str) -> str:
    """Hide the middle of anything that looks like a phone number."""
    return _PHONE.sub(r"\1\3***\2\4", text)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what the caller added."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": real_now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in record.__dict__.items() if k not in _PLAIN}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return mask(json.dumps(line, ensure_ascii=False, default=str))


def log_to_stderr(level: str) -> None:
    """Send all logs of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("aiokafka", "httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
