"""The next release, as far as today's must bear it: never part of what is shipped.

``python -m tests.chaos.newer <service>`` serves as usual, but tells more than today's contracts
know: a field more in every fact, and after every fact one of a type that nobody has heard of.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Final

from contracts.topics import TOPICS

COMPACTED: Final = [topic.name for topic in TOPICS if topic.kept is None]
"""Kafka keeps the last event of a key here: another type would drive out what is read."""

TELLS_MORE: Final = """
local tell_known = tell
local function tell(outbox, told, partitionkey, topic, type, time, subject, data, memo)
  local more = '{"not_known_yet": {"to": ["anybody"]}' .. (data == "{}" and "" or ", ")
  local id = tell_known(outbox, told, partitionkey, topic, type, time, subject,
    more .. data:sub(2), memo)
  if not COMPACTED[topic] then
    tell_known(outbox, told, partitionkey, topic, "talon.not_known.yet", time, subject, "{}",
      "")
  end
  return id
end
"""


def tell_more() -> None:
    """Every script that tells loads this behind the prelude."""
    lua: Any = importlib.import_module("services.chassis.lua")
    compacted = ", ".join(f'["{topic}"] = true' for topic in COMPACTED)
    lua._PRELUDE += f"\nlocal COMPACTED = {{{compacted}}}\n{TELLS_MORE}"


def main() -> int:
    tell_more()
    cli = importlib.import_module("services.cli")
    code: int = cli.main(["serve", *sys.argv[1:]])
    return code


if __name__ == "__main__":
    # What a worker process imports must not serve a second time.
    assert Path(sys.argv[0]).name == "newer.py"
    sys.exit(main())
