"""What an operator may type to look after a running Talon."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from aiokafka.errors import KafkaError
from rich.console import Console

from services.embedded.errors import CannotRun
from services.embedded.options import SERVICES
from services.embedded.ports import Ports
from services.ops import backup, dead, doctor, rebuild, topics

KAFKA: Final = "127.0.0.1:9092"

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace, Console], int]


def add_to(commands: Commands) -> None:
    """Offer them below `talon`."""
    _add_topics(commands)
    _add_dead(commands)
    making = _add(commands, "rebuild", _rebuild, "make a lost store again from Kafka")
    making.add_argument("service", choices=SERVICES, help="of which no instance runs")
    making.add_argument("--state", type=Path, metavar="DIR", help="of an embedded run")
    making.add_argument(
        "--replace", action="store_true", help="what is left of the store goes first"
    )
    for name, run, about in (
        ("backup", _on_backup(backup.backup), "write all that Talon knows to a file, as it runs"),
        ("restore", _on_backup(backup.restore), "bring an empty Talon to where it was"),
    ):
        parser = _add(commands, name, run, about)
        parser.add_argument("file", type=Path)
        parser.add_argument("--state", type=Path, metavar="DIR", help="of an embedded run")
        if name == "backup":
            parser.add_argument(
                "--without-phones", action="store_true", help="so that it may be shown to others"
            )
        else:
            parser.add_argument("--ports", type=int, metavar="BASE", help="as of talon up")
    examining = _add(commands, "doctor", _doctor, "how Talon is, and what to do about it")
    examining.add_argument("--state", type=Path, metavar="DIR", help="of an embedded run")
    examining.add_argument(
        "--at",
        action="append",
        default=[],
        type=_address,
        metavar="SERVICE=URL",
        help="address of a service, if not as TALON_ADDRESSES says; may be given again",
    )
    examining.add_argument("--json", action="store_true", help="for machines")


def _add_topics(commands: Commands) -> None:
    below = _group(commands, "topics", "Kafka topics, against the table of contracts/topics.py")
    for name, run, about in (
        ("diff", topics.diff, "print what differs; exit code 1 if anything does"),
        ("apply", topics.apply, "create what is missing, alter what can be altered safely"),
        ("create", topics.apply, "the same as apply"),
    ):
        parser = _on_kafka(_add(below, name, _on_topics(run), about))
        parser.add_argument(
            "--replication", type=int, metavar="N", help="copies (default: by the brokers, 1 or 3)"
        )
        if run is topics.apply:
            parser.add_argument(
                "--repartition",
                action="store_true",
                help="add partitions, though the order of events not read yet is lost",
            )


def _add_dead(commands: Commands) -> None:
    below = _group(commands, "dead", "records that could not be read or applied")
    listing = _on_kafka(_add(below, "list", _list, "where they are, of which reader, and why"))
    showing = _on_kafka(_add(below, "show", _show, "all of some"))
    showing.add_argument("place", nargs="+", metavar="PLACE", help="talon.tickets.dead/0/17")
    again = _on_kafka(_add(below, "replay", _replay, "send them to their readers again"))
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("place", nargs="*", default=[], metavar="PLACE", help="as list tells it")
    which.add_argument("--all", action="store_true", help="all that were not sent again yet")
    for parser in (listing, again):
        parser.add_argument("--topic", metavar="T", help="only of this topic")


def _group(commands: Commands, name: str, about: str) -> Commands:
    parser = commands.add_parser(name, help=about, description=about)
    return parser.add_subparsers(required=True, metavar="COMMAND")


def _add(commands: Commands, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(command=_guarded(run))
    return parser


def _on_kafka(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--kafka", default=os.environ.get("TALON_KAFKA", KAFKA))
    return parser


def _guarded(run: Run) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what goes wrong is said once
        try:
            return run(arguments, Console())
        except (KafkaError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            at = getattr(arguments, "kafka", "TALON_KAFKA")
            raise CannotRun(
                f"Kafka at {at} does not do it ({reason}); check --kafka or TALON_KAFKA"
            ) from None

    return command


def _on_topics(run: Callable[[topics.Asked, Console], int]) -> Run:
    def command(arguments: argparse.Namespace, console: Console) -> int:
        repartition = getattr(arguments, "repartition", False)
        asked = topics.Asked(arguments.kafka.split(","), arguments.replication, repartition)
        return run(asked, console)

    return command


def _list(arguments: argparse.Namespace, console: Console) -> int:
    return dead.listed(dead.Asked(arguments.kafka.split(","), arguments.topic), console)


def _show(arguments: argparse.Namespace, console: Console) -> int:
    return dead.show(dead.Asked(arguments.kafka.split(","), None, arguments.place), console)


def _replay(arguments: argparse.Namespace, console: Console) -> int:
    asked = dead.Asked(
        arguments.kafka.split(","), arguments.topic, arguments.place, unsent=arguments.all
    )
    return dead.replay(asked, console)


def _rebuild(arguments: argparse.Namespace, console: Console) -> int:
    return rebuild.run(
        rebuild.Asked(arguments.service, arguments.replace, arguments.state), console
    )


def _on_backup(run: Callable[[backup.Asked, Console], int]) -> Run:
    def command(arguments: argparse.Namespace, console: Console) -> int:
        phones = not getattr(arguments, "without_phones", False)
        base: int | None = getattr(arguments, "ports", None)
        ports = None if base is None else Ports.from_base(base)
        return run(backup.Asked(arguments.file, arguments.state, phones, ports), console)

    return command


def _doctor(arguments: argparse.Namespace, console: Console) -> int:
    return doctor.run(doctor.Asked(arguments.state, dict(arguments.at), arguments.json), console)


def _address(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if name not in SERVICES or not url.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no address; write ticketing=http://host:8101'
        )
    return name, url.rstrip("/")
