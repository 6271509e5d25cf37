"""What a centre ordered about its queue: one version of its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from contracts.rules import RulesPublished

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """All of a version. The 15-minute norm: Decree 1376 of 22.12.2012, p. 18."""

    version: str = "default"
    order: str = ""  # number and date of the centre's order, as it is printed
    since: datetime | None = None  # None: from the beginning

    target: timedelta = 15 * MINUTE  # ordinary: from arrival to the call
    targets: Mapping[str, timedelta] = field(default_factory=dict)  # of services that differ
    local_target: timedelta = 5 * MINUTE
    local_share: int = 3  # of so many calls of a line, one may go ahead by the centre's own rule
    booking_early: timedelta = 15 * MINUTE  # before the slot: check-in begins
    booking_late: timedelta = 10 * MINUTE  # after the slot: from then on a booking is a walk-in
    booking_norm: timedelta = 5 * MINUTE  # after the slot: alarm
    booking_lead: timedelta = 15 * MINUTE  # from the slot on, a booking counts as so much earlier

    help_before: timedelta = 3 * MINUTE  # a second-level skill helps if a promise is this near
    pressure: float = 0.0  # share of a line's backlog by which its promises move up
    most_pressure: timedelta = 10 * MINUTE

    recalls: int = 3
    recall_spacing: timedelta = timedelta(0)  # a centre orders its own
    returns: int = 1
    return_within: timedelta = 30 * MINUTE
    longest_deferral: timedelta = timedelta(hours=4)
    tidying: timedelta = 2 * MINUTE

    breaks_from: time = time(11)  # a break may begin, by the branch's own clock
    breaks_until: time = time(15)
    breaks_at_once: int = 100
    break_length: timedelta = 60 * MINUTE

    norm: timedelta = 15 * MINUTE  # waiting longer is told to the shift head
    forgotten: timedelta = 60 * MINUTE
    idle: timedelta = 2 * MINUTE  # free or ready while suitable people wait
    short_visit: timedelta = MINUTE
    lost_console: timedelta = MINUTE  # no sign of life: it is nobody's window

    def target_of(self, service: str) -> timedelta:
        """From arrival to the call, for an ordinary visitor."""
        return self.targets.get(service, self.target)

    @classmethod
    def of(cls, fact: RulesPublished) -> Rules:
        """As they were published."""
        return cls(
            version=fact.version,
            order=fact.order,
            since=fact.since,
            target=fact.target_minutes * MINUTE,
            targets={code: n * MINUTE for code, n in fact.service_target_minutes.items()},
            local_target=fact.local_target_minutes * MINUTE,
            local_share=fact.local_one_in,
            booking_early=fact.booking_early_minutes * MINUTE,
            booking_late=fact.booking_late_minutes * MINUTE,
            booking_norm=fact.booking_norm_minutes * MINUTE,
            booking_lead=fact.booking_lead_minutes * MINUTE,
            help_before=fact.help_before_minutes * MINUTE,
            pressure=fact.pressure,
            most_pressure=fact.most_pressure_minutes * MINUTE,
            recalls=fact.recalls,
            recall_spacing=timedelta(seconds=fact.recall_spacing_seconds),
            returns=fact.returns,
            return_within=fact.return_within_minutes * MINUTE,
            longest_deferral=fact.longest_deferral_minutes * MINUTE,
            tidying=fact.tidying_minutes * MINUTE,
            breaks_from=fact.breaks_from,
            breaks_until=fact.breaks_until,
            breaks_at_once=fact.breaks_at_once,
            break_length=fact.break_minutes * MINUTE,
            norm=fact.norm_minutes * MINUTE,
            forgotten=fact.forgotten_minutes * MINUTE,
            idle=fact.idle_minutes * MINUTE,
            short_visit=timedelta(seconds=fact.short_visit_seconds),
            lost_console=timedelta(seconds=fact.lost_console_seconds),
        )


def in_force(versions: Sequence[Rules], at: datetime) -> Rules:
    """The newest version that has begun; the default ones if none has."""
    begun = [rules for rules in versions if rules.since is None or rules.since <= at]
    return max(begun, key=lambda r: (r.since is not None, r.since, r.version), default=Rules())
