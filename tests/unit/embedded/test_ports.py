import os
import socket
from dataclasses import astuple

import pytest

from services.embedded.errors import CannotRun, PortTaken
from services.embedded.ports import LOOPBACK, Ports, refuse_taken


def test_ports_follow_their_base():
    """The pages are where the documentation says."""
    assert astuple(Ports.from_base(8100)) == (8101, 8102, 8103, 8104, 8105, 8106)


@pytest.mark.parametrize("base", [-1, 80, 65_530, 100_000])
def test_a_base_without_room_is_refused(base):
    """No port is below 1024, which needs root, or above 65535, which is none."""
    with pytest.raises(CannotRun, match="choose a BASE"):
        Ports.from_base(base)


def test_free_ports_are_free_and_different():
    """Tests that run side by side do not meet."""
    ports = Ports.free()
    assert len(set(astuple(ports))) == 6
    refuse_taken(ports, ("ticketing", "kafka", "valkey"))


def test_a_taken_port_is_named_with_its_owner():
    """Whoever starts Talon learns which port, by whom, and what to do."""
    ports = Ports.free()
    with socket.socket() as other:
        other.bind((LOOPBACK, ports.notify))
        other.listen()
        with pytest.raises(
            PortTaken, match=rf"port {ports.notify}, meant for notify.*--ports"
        ) as e:
            refuse_taken(ports, ("ticketing", "notify"))
    if os.path.isdir("/proc/net"):
        assert f"(process {os.getpid()})" in str(e.value)
