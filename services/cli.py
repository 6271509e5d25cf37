"""`talon`: what an operator of the system may type."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from rich.console import Console

from services.embedded import catalogue, rules, up
from services.embedded.data import EXAMPLE
from services.embedded.errors import CannotRun
from services.embedded.options import SERVICES, Options
from services.embedded.ports import DEFAULT_BASE, Ports
from services.ops.commands import add_to

FAILED: Final = 2  # foreseeable; the reason stands on stderr
INTERRUPTED: Final = 130  # the shell's code for an end by Ctrl-C
TICKETING: Final = "http://localhost:8101"
DISPATCH: Final = "http://localhost:8102"

Command = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        return command(arguments)
    except CannotRun as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def _fail(reason: str) -> int:
    Console(stderr=True).print(f"talon: {reason}", markup=False, highlight=False, soft_wrap=True)
    return FAILED


def _serve(arguments: argparse.Namespace) -> int:
    from services.chassis.app import serve  # noqa: PLC0415  other commands need no web server

    build = importlib.import_module(f"services.{arguments.name}.app").build
    try:
        serve(build)
    except SystemExit as stop:
        if isinstance(stop.code, str):  # settings that it cannot start with
            return _fail(stop.code)
        raise
    return 0


def _import_catalogue(arguments: argparse.Namespace) -> int:
    content = catalogue.read(arguments.file, tuple(arguments.branch))
    done = catalogue.send(content, arguments.to, name=str(arguments.file))
    changed = ", ".join(done.changed) or "none"
    Console().print(
        f"{done.services} services, branches {', '.join(done.branches)}; changed: {changed}",
        soft_wrap=True,
    )
    return 0


def _publish_rules(arguments: argparse.Namespace) -> int:
    for branch in arguments.branch:
        in_force = rules.publish(arguments.file, branch, arguments.to)
        Console().print(f"{branch}: {arguments.file} is on record; in force: {in_force}")
    return 0


def _print_order(arguments: argparse.Namespace) -> int:
    sys.stdout.write(rules.order(arguments.branch, arguments.to))
    return 0


def _up(arguments: argparse.Namespace) -> int:
    options = Options(
        state=arguments.state,
        ports=Ports.from_base(arguments.ports),
        clock=arguments.clock,
        catalogue=arguments.catalogue,
        branches=tuple(arguments.branch),
    )
    return up.run(options, Console())


def _demo(arguments: argparse.Namespace) -> int:
    from services.demo.run import DemoOptions, run  # noqa: PLC0415  keeps the others quick

    up.stop_on_signals()
    told = {
        "branches": tuple(arguments.branch) or None,
        "speed": arguments.speed,
        "seed": arguments.seed,
        "state": arguments.state,
        "ports": arguments.ports,
        "until_end": arguments.until_end,
    }
    return run(DemoOptions(**{name: value for name, value in told.items() if value is not None}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="talon", description="An electronic queue for public-service centres."
    )
    commands = _below(parser)

    serve = _command(commands, "serve", _serve, "run one service; settings are TALON_… variables")
    serve.add_argument("name", choices=SERVICES)

    published = _command(commands, "catalogue", None, "services, branches, windows, operators")
    taking = _command(_below(published), "import", _import_catalogue, "publish a catalogue file")
    taking.add_argument("file", type=Path)
    taking.add_argument("--to", default=TICKETING, metavar="URL", help="address of ticketing")
    _takes_branches(taking)

    ordered = _below(_command(commands, "rules", None, "the order by which a centre calls"))
    putting = _command(ordered, "publish", _publish_rules, "publish a rule file for a branch")
    putting.add_argument("file", type=Path)
    putting.add_argument("--branch", action="append", required=True, metavar="CODE")
    putting.add_argument("--to", default=DISPATCH, metavar="URL", help="address of dispatch")
    printing = _command(ordered, "order", _print_order, "print the rules in force, for the wall")
    printing.add_argument("--branch", required=True, metavar="CODE")
    printing.add_argument("--to", default=DISPATCH, metavar="URL", help="address of dispatch")

    whole = _command(commands, "up", _up, "run everything on this machine")
    _takes_place(whole, Path(".talon"))
    whole.add_argument("--clock", metavar="ISO@SPEED", help="live another day, or a faster one")
    whole.add_argument("--catalogue", type=Path, default=EXAMPLE, metavar="FILE")
    _takes_branches(whole)

    demo = _command(commands, "demo", _demo, "the same, with a simulated day of a branch")
    _takes_place(demo, None)
    demo.add_argument("--speed", type=float, metavar="N", help="times as fast as real time")
    demo.add_argument("--seed", type=int, metavar="N", help="another day's visitors")
    demo.add_argument("--until-end", action="store_true", help="stop when the day is over")
    _takes_branches(demo)
    add_to(commands)
    return parser


def _command(
    parent: Commands, name: str, run: Command | None, about: str
) -> argparse.ArgumentParser:
    parser = parent.add_parser(name, help=about, description=about)
    if run is not None:
        parser.set_defaults(command=run)
    return parser


def _below(parser: argparse.ArgumentParser) -> Commands:
    return parser.add_subparsers(required=True, metavar="COMMAND")


def _takes_branches(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--branch",
        action="append",
        default=[],
        metavar="CODE",
        help="only this branch of the catalogue; may be given again",
    )


def _takes_place(parser: argparse.ArgumentParser, state: Path | None) -> None:
    about = f"folder of all data (default: {state})" if state else "folder of all data"
    parser.add_argument("--state", type=Path, default=state, metavar="DIR", help=about)
    parser.add_argument(
        "--ports",
        type=int,
        default=DEFAULT_BASE,
        metavar="BASE",
        help="ticketing BASE+1, dispatch +2, notify +3, Kafka +4 and +5, Valkey +6 (default: 8100)",
    )


if __name__ == "__main__":
    sys.exit(main())
