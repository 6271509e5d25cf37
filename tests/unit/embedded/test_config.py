from dataclasses import replace
from pathlib import Path

import pytest

from services.embedded import kafka, valkey
from services.embedded.errors import CannotRun

NODE = kafka.Node(1, 8104, 8105)


def properties(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_kafka_listens_on_this_machine_only():
    """Nobody on the network may reach a broker without logins."""
    told = properties(kafka.config_text(Path("/data"), NODE))
    addresses = f"{told['listeners']},{told['advertised.listeners']}".split(",")
    assert all("//127.0.0.1:" in address for address in addresses)


def test_kafka_makes_no_topic_by_a_typo():
    """A topic is in the table of the contracts, or it does not exist."""
    told = properties(kafka.config_text(Path("/data"), NODE))
    assert told["auto.create.topics.enable"] == "false"


def test_one_node_replicates_to_nobody():
    """An internal topic that asked for three replicas would never be there."""
    told = properties(kafka.config_text(Path("/data"), NODE))
    counts = [told[name] for name in told if name.endswith(("replication.factor", "min.isr"))]
    assert set(counts) == {"1"}


def test_a_folder_may_have_any_name_in_any_script():
    """Properties files are Latin-1; home folders are not."""
    told = properties(kafka.config_text(Path("/home/иван/a b"), NODE))
    assert told["log.dirs"] == r"/home/\u0438\u0432\u0430\u043d/a b"


def test_a_folder_with_a_comma_is_refused():
    """Kafka would take it for two."""
    with pytest.raises(CannotRun, match="--state"):
        kafka.config_text(Path("/a,b"), NODE)


def test_valkey_keeps_every_key_and_answers_this_machine_only():
    """State reaches the disk within a second, and is never dropped for want of memory."""
    told = valkey.config_text(8106, Path("/data")).splitlines()
    for line in (
        "bind 127.0.0.1",
        "protected-mode yes",
        "appendonly yes",
        "appendfsync always",
        'save ""',
        "maxmemory-policy noeviction",
    ):
        assert line in told


def test_who_comes_by_a_detour_is_told_to_come_that_way_again():
    """A client goes where the broker says, past any proxy that it came through."""
    detour = kafka.Detour("PROXIED", 9001, 9002)
    told = properties(kafka.config_text(Path("/data"), replace(NODE, detours=[detour])))
    assert "PROXIED://127.0.0.1:9001" in told["listeners"].split(",")
    assert "PROXIED://127.0.0.1:9002" in told["advertised.listeners"].split(",")
    assert "PROXIED:PLAINTEXT" in told["listener.security.protocol.map"].split(",")


def test_three_brokers_keep_three_copies_and_two_must_have_them():
    """So that one may be lost, and another restarted, without a record lost."""
    nodes = [kafka.Node(n, 9000 + n, 9010 + n) for n in (1, 2, 3)]
    told = properties(kafka.config_text(Path("/data"), nodes[1], nodes))
    voters = "1@127.0.0.1:9011,2@127.0.0.1:9012,3@127.0.0.1:9013"
    assert (told["node.id"], told["controller.quorum.voters"]) == ("2", voters)
    assert told["offsets.topic.replication.factor"] == "3"
    assert told["transaction.state.log.min.isr"] == "2"
