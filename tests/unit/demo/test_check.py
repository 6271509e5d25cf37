"""What the check of a day's end sees."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.demo.answers import Counts, Party
from services.demo.check import count_faults, journal_faults
from services.demo.journal import Entry, Journal, read

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ISSUED = Entry(NOON, "BR-T", "v1", "issue", "k1", 201, "waiting", None, "BR-T-1", "Д 001")
CALLED = Entry(NOON, "BR-T", "T01", "next", "k2", 200, "calling", "1", "BR-T-1", "Д 001")


def said(**tickets: int) -> Counts:
    return Counts(tickets=tickets, total=sum(tickets.values()))


def test_equal_and_final_counts_are_no_fault() -> None:
    """A state that one service leaves out counts as none."""
    counts = {party: said(finished=3, no_show=1) for party in Party}
    assert count_faults(counts | {Party.NOTIFY: said(finished=3, no_show=1, waiting=0)}) == []


def test_a_ticket_without_an_outcome_is_a_fault() -> None:
    """Services that agree on an open ticket are not enough."""
    assert count_faults({party: said(serving=1) for party in Party})


def test_services_that_differ_are_a_fault() -> None:
    """The difference names the state and what each service says."""
    counts = {party: said(finished=2) for party in Party} | {Party.NOTIFY: said(finished=1)}
    (fault,) = count_faults(counts)
    assert fault == "finished: ticketing 2, dispatch 2, notify 1"


def test_one_ticket_at_two_windows_is_a_fault() -> None:
    """Whatever the commands were that put it there."""
    assert journal_faults([ISSUED, CALLED]) == []
    assert journal_faults([ISSUED, CALLED, replace(CALLED, command="start", window="2")])


def test_a_number_is_unique_whatever_the_letter() -> None:
    """Letters sound alike, so they do not tell two tickets apart."""
    other = replace(ISSUED, ticket="BR-T-2", number="Б 001")
    assert journal_faults([ISSUED, replace(other, number="Б 002")]) == []
    assert journal_faults([ISSUED, other])


def test_a_journal_is_read_back_as_written(tmp_path: Path) -> None:
    """A line that a crash cut short is passed over."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.note(ISSUED)
        journal.note(CALLED)
    path.write_text(path.read_text("utf-8") + '{"at": "20', "utf-8")
    assert list(read(path)) == [ISSUED, CALLED]
