"""Addresses of stores: what is read of them, what is refused with its mend, what is shown."""

from __future__ import annotations

import pytest

from services.chassis.address import Address, AddressError, Way

SECRET = "s3cret@/:"
QUOTED = "s3cret%40%2F%3A"


@pytest.mark.parametrize("url", ["redis://h:1/0", "rediss://:p@h:1/0", "unix:///run/valkey.sock"])
def test_one_server_is_left_to_the_client(url):
    address = Address.parse(url)
    assert (address.way, address.url) == (Way.ONE, url)


def test_sentinels_name_their_master():
    address = Address.parse(f"redis+sentinel://talon:{QUOTED}@a:26379,[::1]:26380/main")
    assert (address.way, address.master) == (Way.SENTINEL, "main")
    assert address.servers == (("a", 26379), ("::1", 26380))
    assert (address.username, address.password, address.tls) == ("talon", SECRET, False)


def test_a_cluster_is_found_by_any_of_its_servers():
    address = Address.parse(f"rediss+cluster://:{QUOTED}@a:6379,b:6379")
    assert (address.way, address.servers) == (Way.CLUSTER, (("a", 6379), ("b", 6379)))
    assert (address.username, address.password, address.tls) == (None, SECRET, True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:6379", "no URL of a store"),
        ("kafka://a:1", "no URL of a store"),
        ("redis+cluster://[::1:1", "no URL"),
        ("redis+twins://a:1,b:1", "no URL of a store"),
        ("redis+sentinel://a:26379", "does not name the master"),
        ("redis+cluster://a:6379/1", 'leave "/1" out'),
        ("redis+cluster://a", '"a" is no host with a port'),
        ("redis+cluster://a:x,b:1", '"a:x" is no host with a port'),
        ("redis+cluster://", '"" is no host with a port'),
    ],
)
def test_what_is_no_address_is_refused_with_its_mend(url, why):
    with pytest.raises(AddressError, match=why) as refused:
        Address.parse(url)
    assert "redis+sentinel://host:26379,host:26379/<name of the master>" in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        f"redis://:{QUOTED}@a",
        f"redis+sentinel://:{QUOTED}@a:26379/main",
        f"redis+cluster://:{QUOTED}@a:6379,b:6379",
    ],
)
def test_a_password_is_shown_to_nobody(url):
    address = Address.parse(url)
    assert "s3cret" not in str(address)
    assert "s3cret" not in repr(address)


@pytest.mark.parametrize(
    "url", [f"redis+cluster://:{QUOTED}@a", f"redis+sentinel://:{QUOTED}@a:1", f"x://{QUOTED}@a:1"]
)
def test_not_even_in_a_complaint(url):
    with pytest.raises(AddressError) as refused:
        Address.parse(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:p@a/0", "a:6379"),
        ("unix:///run/valkey.sock", "/run/valkey.sock"),
        ("redis+sentinel://:p@a:1,b:2/main", "main of a:1,b:2"),
        ("redis+cluster://:p@a:1,b:2", "a:1,b:2"),
    ],
)
def test_people_see_where_it_is(url, shown):
    assert str(Address.parse(url)) == shown
