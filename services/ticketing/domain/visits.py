"""What a visitor came for: services in their order, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.values import Standing
from services.ticketing.domain.catalogue import Service

MOST_FURTHER: Final = 4
"""Services after the first; whoever needs more comes to a second ticket."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit, by one ticket."""

    service: Service
    further: tuple[Service, ...] = ()
    standing: Standing = Standing.ORDINARY  # as declared; whoever serves may not confirm it
    accessible: bool = False  # only at windows that everybody can reach

    @property
    def words(self) -> str:
        """The same for the same wish, another for any other."""
        codes = [service.code for service in (self.service, *self.further)]
        terms = [] if self.standing is Standing.ORDINARY else [self.standing.value]
        return " ".join([*codes, *terms, *(["accessible"] if self.accessible else [])])
