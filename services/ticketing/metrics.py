"""Every metric of ticketing. A branch has few categories, so all labels are bounded."""

from __future__ import annotations

from prometheus_client import Counter

ISSUED = Counter("talon_tickets_issued_total", "Tickets issued.", ["branch", "category"])
CANCELLED = Counter(
    "talon_tickets_cancelled_total", "Tickets that will not be called.", ["branch", "reason"]
)
REFUSED = Counter("talon_tickets_refused_total", "Tickets not given out.", ["branch", "reason"])
