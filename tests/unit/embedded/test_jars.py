"""Downloads from a repository that runs in this process."""

import functools
import hashlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rich.console import Console

from services.embedded.errors import CannotRun
from services.embedded.jars import Cache, class_path
from services.embedded.lock import Jar, Lock

CONTENT = b"classes" * 1000
LOCK = Lock(
    "4.1.1",
    tuple(
        Jar(f"org/{name}.jar", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
        for name in ("a", "b")
    ),
)
QUIET = Console(quiet=True)
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "maven" / "org"
    root.mkdir(parents=True)
    for jar in LOCK.jars:
        (root / jar.name).write_bytes(CONTENT)
    return root


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def maven(repository):
    handler = functools.partial(_Quiet, directory=str(repository.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def kept(cache: Cache) -> list[str]:
    return sorted(path.name for path in (cache.home(LOCK) / "jars").iterdir())


def test_jars_come_in_the_order_of_the_lock(maven, tmp_path):
    """The class path is the same on every machine."""
    cache = Cache(tmp_path / "cache", maven)
    assert [path.name for path in class_path(LOCK, cache, QUIET)] == ["a.jar", "b.jar"]
    assert kept(cache) == ["a.jar", "b.jar"]


def test_a_filled_cache_needs_no_network(maven, tmp_path):
    """A branch's network often has no way out."""
    class_path(LOCK, Cache(tmp_path / "cache", maven), QUIET)
    assert len(class_path(LOCK, Cache(tmp_path / "cache", NOWHERE), QUIET)) == 2


def test_only_what_is_missing_is_downloaded(maven, repository, tmp_path):
    """A broken download goes on where it stopped."""
    cache = Cache(tmp_path / "cache", maven)
    class_path(LOCK, cache, QUIET)
    (cache.home(LOCK) / "jars" / "b.jar").write_bytes(b"half")
    (repository / "a.jar").unlink()
    class_path(LOCK, cache, QUIET)
    assert (cache.home(LOCK) / "jars" / "b.jar").read_bytes() == CONTENT


def test_a_wrong_file_is_thrown_away(maven, repository, tmp_path):
    """A mirror that lies stops the start; nothing of it stays in the cache."""
    (repository / "b.jar").write_bytes(b"X" + CONTENT[1:])
    cache = Cache(tmp_path / "cache", maven)
    with pytest.raises(CannotRun, match="is not the file that Talon was built with"):
        class_path(LOCK, cache, QUIET)
    assert "b.jar" not in kept(cache)
    assert not [name for name in kept(cache) if name.endswith(".part")]


def test_no_network_is_said_with_the_mend(tmp_path, monkeypatch):
    """The first start needs the network, or a mirror, or somebody else's cache."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(CannotRun, match=r"cannot download .*TALON_MAVEN.*TALON_CACHE"):
        class_path(LOCK, Cache(tmp_path / "cache", NOWHERE), QUIET)


def test_an_address_that_is_no_repository_is_said(maven, tmp_path):
    """A wrong mirror is not mistaken for a broken network."""
    with pytest.raises(CannotRun, match="answers 404; TALON_MAVEN must be"):
        class_path(LOCK, Cache(tmp_path / "cache", f"{maven}/elsewhere"), QUIET)


def test_a_cache_that_cannot_be_written_is_said(maven, tmp_path):
    """With the variable that names another."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRun, match=r"cannot write to .*TALON_CACHE"):
        class_path(LOCK, Cache(tmp_path / "file", maven), QUIET)


def test_without_a_terminal_progress_is_plain_lines(maven, tmp_path, capsys):
    """A log of a build server is not filled with bars."""
    class_path(LOCK, Cache(tmp_path / "cache", maven), Console())
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("Downloading Apache Kafka 4.1.1 from http")
    assert 1 <= len(others) <= 4
