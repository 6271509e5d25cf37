"""How notify hands a message to whoever brings it to a phone."""

from __future__ import annotations

from typing import Protocol

from services.notify.domain.messages import Message
from services.notify.domain.receipts import Receipt


class Sender(Protocol):
    """A way to phones: an SMS gateway, or the simulator."""

    @property
    def keyed(self) -> bool:
        """Whether a repeat is known by the message's id, and hence reaches the phone once."""
        ...

    async def send(self, message: Message) -> Receipt:
        """Hand *message* over; a failure of the gateway is an answer, not an error."""
        ...
