"""Scripts as a server gets them: in order, by name where it is known, and counted by copies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from redis.exceptions import MovedError, NoScriptError, ResponseError

from services.chassis.copies import Call, Command, Script, TooFewCopies, commands, is_lonely, run

ONE, TWO = Script(b"return 1"), Script(b"return 2")


def call(script: Script, *args: str) -> Call:
    return Call(script, ("k:{s07}:x",), args)


class Server:
    """Answers each script with its last argument, and WAIT with how many replicas there are."""

    def __init__(self, replicas: int = 0, known: Sequence[Script] = ()) -> None:
        self.replicas = replicas
        self.known = {script.sha for script in known}
        self.writes: list[list[str]] = []
        self.broken: dict[str, Exception] = {}  # argument or command -> its error

    async def __call__(self, sent: Sequence[Command]) -> list[Any]:
        self.writes.append([str(command[0]) for command in sent])
        return [self._answer(*command) for command in sent]

    def _answer(self, name: Any, *values: Any) -> Any:
        error = self.broken.get(name) or self.broken.get(values[-1])
        if error:
            return error
        match name:
            case "WAIT":
                return self.replicas
            case "EVALSHA" if values[0] not in self.known:
                return NoScriptError("NOSCRIPT")
            case "EVAL":
                self.known.add(Script(values[0]).sha)
        return values[-1]


def ran(server: Server, calls: Sequence[Call], copies: int = 0) -> list[Any]:
    return asyncio.run(run(server, calls, copies))


def test_calls_are_made_in_their_order():
    calls = [call(ONE, "a"), call(TWO, "b"), call(ONE, "c")]
    assert ran(Server(), calls) == ["a", "b", "c"]


def test_the_text_of_a_script_is_sent_once_in_a_write():
    """By its name it would fail where it is unknown, and those behind it would overtake it."""
    sent = commands([call(ONE, "a"), call(TWO, "b"), call(ONE, "c")], known=False, copies=0)
    assert [command[:2] for command in sent] == [
        ("EVAL", ONE.text),
        ("EVAL", TWO.text),
        ("EVALSHA", ONE.sha),
    ]


def test_one_call_alone_goes_by_its_name():
    server = Server(known=[ONE])
    assert ran(server, [call(ONE, "a")]) == ["a"]
    assert server.writes == [["EVALSHA"]]


def test_a_name_that_is_unknown_is_followed_by_the_text():
    server = Server()
    assert ran(server, [call(ONE, "a")]) == ["a"]
    assert server.writes == [["EVALSHA"], ["EVAL"]]


def test_without_copies_nobody_waits():
    server = Server()
    ran(server, [call(ONE, "a"), call(ONE, "b")])
    assert server.writes == [["EVAL", "EVALSHA"]]


def test_with_copies_one_wait_stands_behind_all_and_a_write_before_it():
    """The write is for scripts that only repeat an answer: WAIT waits for what was written."""
    calls = [call(ONE, "a"), call(ONE, "b")]
    sent = commands(calls, known=False, copies=2)
    assert [command[0] for command in sent] == ["EVAL", "EVALSHA", "SET", "WAIT"]
    assert sent[-2:] == [("SET", "copied:{s07}", ""), ("WAIT", 2, 1000)]
    assert ran(Server(replicas=2), calls, copies=2) == ["a", "b"]


def test_too_few_copies_are_told_instead_of_the_answers():
    made = ran(Server(replicas=1), [call(ONE, "a"), call(ONE, "b")], copies=2)
    assert [str(reply) for reply in made] == ["1 of 2 replicas have what was written"] * 2
    assert all(isinstance(reply, TooFewCopies) for reply in made)


def test_an_error_of_its_own_stays_with_its_call():
    server = Server(replicas=0)
    server.broken["b"] = ResponseError("a bug")
    first, second = ran(server, [call(ONE, "a"), call(ONE, "b")], copies=1)
    assert isinstance(first, TooFewCopies)
    assert second is server.broken["b"]


@pytest.mark.parametrize("command", ["SET", "WAIT"])
def test_what_cannot_be_confirmed_does_not_count(command):
    """A write before the WAIT that went elsewhere proves nothing, whatever WAIT says."""
    server = Server(replicas=1)
    server.broken[command] = MovedError("7 127.0.0.1:1")
    (made,) = ran(server, [call(ONE, "a")], copies=1)
    assert made is server.broken[command]


@pytest.mark.parametrize(
    ("reply", "lonely"),
    [
        (TooFewCopies("0 of 1"), True),
        (ResponseError("NOREPLICAS Not enough good replicas to write."), True),
        (ResponseError("a bug"), False),
        ("a", False),
    ],
)
def test_a_server_without_its_replicas_may_be_no_master_any_more(reply, lonely):
    assert is_lonely(reply) is lonely


def test_what_only_reads_waits_for_no_replica():
    """Nobody is promised what is merely shown; and the server itself lets it write nothing."""
    look = call(Script(b"return 3", reads=True), "a")
    server = Server(replicas=0)
    assert ran(server, [look], copies=2) == ["a"]
    assert server.writes == [["EVALSHA_RO"]]
    assert ran(server, [look, call(ONE, "b")], copies=2) != ["a", "b"]
