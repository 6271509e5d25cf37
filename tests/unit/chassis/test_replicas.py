"""What a server says of its replicas, and which of them count."""

from __future__ import annotations

from services.chassis.replicas import Followed, followed


def a_replica(**changes: object) -> dict[str, object]:
    return {"ip": "a", "port": 1, "state": "online", "offset": 1_000, "lag": 0} | changes


def a_master(*replicas: dict[str, object], end: int = 1_000) -> dict[str, object]:
    named = {f"slave{n}": replica for n, replica in enumerate(replicas)}
    return {"role": "master", "master_repl_offset": end, "slave_nothing": "x"} | named


def test_a_server_alone_has_none():
    assert followed(a_master()) == Followed(0, 0)


def test_a_replica_is_no_master():
    assert followed({"role": "slave", "master_link_status": "up"}) is None


def test_what_the_one_furthest_ahead_lacks_would_be_lost():
    told = a_master(a_replica(offset=900), a_replica(offset=980), end=1_000)
    assert followed(told) == Followed(2, 20)


def test_who_is_silent_copying_or_far_behind_does_not_count():
    told = a_master(
        a_replica(lag=11),
        a_replica(state="wait_bgsave", offset=0),
        a_replica(offset=3),
        end=2_000_000,
    )
    assert followed(told) == Followed(0, 1_999_997)
