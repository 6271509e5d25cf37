"""What notify left behind in its own story: messages, and what became of each."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from contracts.envelope import later
from contracts.messages import MessageFact
from contracts.values import branch_of
from services.chassis.clock import real_now
from services.chassis.moments import to_ms
from services.chassis.rebuild import Retold
from services.chassis.redis import Redis
from services.chassis.relay import told_at
from services.notify.domain.messages import MessageState
from services.notify.store import keys as names
from services.notify.store.keys import Keys
from services.notify.store.messages import KEEP, due_of

_AT_ONCE: Final = 500
_ON_ITS_WAY: Final = (MessageState.QUEUED, MessageState.SENDING)


class Remembered:
    """All messages, the newest word on each."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[str, dict[str, str]]] = {}  # name -> id, fields

    def take(self, retold: Retold) -> None:
        """Take in an event; one that a later version told has its own memo, or none of ours."""
        if not isinstance(retold.event.data, MessageFact):
            return
        name, at, memo = retold.event.data.message, retold.event.id, json.loads(retold.memo)
        fields = dict(zip(memo[::2], memo[1::2], strict=True))
        known = self._newest.get(name)
        if known is None or later(at, known[0]):
            self._newest[name] = at, fields

    async def put(self, redis: Redis) -> None:
        """Put all back.

        One that was on its way counts as being sent by somebody who died: whether it reached the
        phone nobody can tell, and claim_message.lua decides what follows from that.
        """
        counts: Counter[tuple[str, str]] = Counter()
        pipe: Any = redis.pipeline(transaction=False)
        for name, (at, fields) in self._newest.items():
            due = due_of(name)
            keys = Keys(branch_of(due.ticket))
            message = keys.message(due.ticket, due.kind)
            ended = fields["state"] not in _ON_ITS_WAY
            if not ended:
                pipe.zadd(keys.queue, {name: to_ms(real_now())})
                pipe.hset(message, mapping=fields | {"state": MessageState.SENDING})
            elif (until := told_at(at) + KEEP) > real_now():
                pipe.hset(message, mapping=fields)
                pipe.pexpireat(message, to_ms(until))
            state = fields["state"] if ended else MessageState.SENDING
            counts[keys.shard, state] += 1
            if len(pipe) > _AT_ONCE:
                await pipe.execute()
        for (shard, state), count in counts.items():
            pipe.hset(names.states(shard), state, count)
        await pipe.execute()
