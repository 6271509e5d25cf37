"""One visitor of the simulated day: takes a ticket, leaves a phone, perhaps gives up.

Going to the window when called is seen by the operator there (operators.py).
"""

from dataclasses import dataclass
from datetime import timedelta

from services.chassis.clock import Clock
from services.demo.answers import Away, Refused, Setback
from services.demo.api import Api
from services.demo.hall import Hall
from services.world.visitors import Visitor


@dataclass(frozen=True, slots=True)
class VisitorActor:
    visitor: Visitor
    branch: str
    api: Api
    hall: Hall
    clock: Clock

    async def visit(self) -> None:
        """Live through the visit, from the door to the chair in the hall."""
        visitor = self.visitor
        await self.clock.sleep(max(visitor.arrives - self.clock.now(), timedelta()))
        try:
            ticket = await self.api.take_ticket(
                self.branch, visitor.name, visitor.service, visitor.standing
            )
        except (Refused, Away):
            self.hall.turned_away += 1
            return
        self.hall.enter(ticket.id, visitor)
        if visitor.phone is not None:
            await self._leave_phone(ticket.id, visitor.phone)
        if visitor.patience is not None:
            await self._give_up(ticket.id, visitor.patience)

    async def _leave_phone(self, ticket: str, phone: str) -> None:
        try:
            await self.api.leave_phone(
                self.branch, self.visitor.name, ticket, phone, self.visitor.language
            )
        except Setback:
            return  # waits without SMS, as people do; a refusal is in the journal

    async def _give_up(self, ticket: str, patience: timedelta) -> None:
        left = self.visitor.arrives + patience - self.clock.now()
        await self.clock.sleep(max(left, timedelta()))
        if not self.hall.waits(ticket):
            return
        try:
            await self.api.cancel(self.branch, self.visitor.name, ticket)
        except Setback:
            return  # called in the same moment: stays and goes to the window
        self.hall.leave(ticket)
