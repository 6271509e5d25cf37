import json

import pytest

from services.embedded.lock import LockError, locked, parse, resolved_paths

JAR = {"path": "org/a/a-1.jar", "size": 10, "sha256": "0" * 64}


def a_lock(**changes: object) -> str:
    return json.dumps({"kafka": "4.1.1", "jars": [JAR | changes]})


def test_the_shipped_lock_is_a_whole_kafka():
    """What we ship can be read and names the broker by the version it claims."""
    lock = locked()
    assert f"kafka_2.13-{lock.kafka}.jar" in [jar.name for jar in lock.jars]


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "abc"},
        {"size": 0},
        {"path": "/etc/passwd.jar"},
        {"path": "org/../../evil.jar"},
        {"colour": "red"},
    ],
)
def test_a_lock_that_cannot_be_trusted_is_refused(changes):
    """A jar without a proper hash, or outside the repository, stops the start."""
    with pytest.raises(LockError):
        parse(a_lock(**changes))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kafka": "4", "jars": []}', "{"])
def test_a_damaged_lock_is_refused(text):
    """A half-written or empty lock is an error, never an empty class path."""
    with pytest.raises(LockError):
        parse(text)


def test_another_jar_or_order_is_another_fingerprint():
    """What was prepared for one class path is not used with another."""
    jars = [JAR | {"path": f"a/{n}.jar", "sha256": str(n) * 64} for n in (1, 2)]
    there, back = (
        parse(json.dumps({"kafka": "4", "jars": order})).fingerprint for order in (jars, jars[::-1])
    )
    assert there != back


def test_mavens_listing_becomes_paths():
    """The output of `mvn dependency:list` is understood, its other lines passed over."""
    listing = [
        "The following files have been resolved:",
        "   org.slf4j:slf4j-api:jar:1.7.36:runtime -- module org.slf4j [auto]",
        "   com.github.luben:zstd-jni:jar:1.5.6-10:compile",
        "",
    ]
    assert resolved_paths(listing) == [
        "com/github/luben/zstd-jni/1.5.6-10/zstd-jni-1.5.6-10.jar",
        "org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar",
    ]
