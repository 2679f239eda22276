"""A pinned file is fetched once, whole and right, or not at all, from a real server on this machine."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from detectory.downloads import Patience, Pin, fetched, read_pins
from detectory.errors import ArtifactDamaged, DownloadFailed, StoreUnwritable
from tests.answering import answering

BODY = b"bqkrtxgkmriwsiwcngtivpx.info\n" * 10_000
QUICK = Patience(attempts=3, wait_s=0.01, silent_s=0.5, total_s=2.0)


class Server(ThreadingHTTPServer):
    """Answers each path with the statuses it was given, the last one for ever, and counts requests.

    ``/short`` says more bytes than it sends, ``/cut`` says nothing of its size, ``/silent`` never answers,
    ``/slow`` sends a byte at a time.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.closing = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that has seen enough leaves."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.agents.add(self.headers["User-Agent"])
        statuses = self.server.statuses.get(self.path, [200])
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if self.path == "/silent":
            self.server.closing.wait(5)
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/names.txt")
        if self.path != "/cut":
            self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self._send_body()

    def _send_body(self) -> None:
        if self.path in ("/short", "/cut"):
            self.wfile.write(BODY[:1_000])
        elif self.path == "/slow":
            while not self.server.closing.wait(0.05):
                self.wfile.write(b"b")
        else:
            self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is its own."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    with answering(made):
        yield made
        made.closing.set()


def pin(server: Server, path: str = "/names.txt", *, body: bytes = BODY) -> Pin:
    digest = hashlib.sha256(body).hexdigest()
    return Pin(file="dga/qakbot.txt", url=server.url(path), sha256=digest, bytes=len(body))


def kept(folder: Path) -> list[str]:
    """What is in the folder besides its lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_a_pinned_file_is_fetched_and_named_by_its_digest(server: Server, tmp_path: Path) -> None:
    path = fetched(pin(server), tmp_path / "downloads")
    assert path == tmp_path / "downloads" / hashlib.sha256(BODY).hexdigest()
    assert path.read_bytes() == BODY
    assert kept(path.parent) == [path.name]
    assert all(agent.startswith("detectory/") for agent in server.agents)


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    assert fetched(pin(server), tmp_path) == fetched(pin(server), tmp_path)
    assert server.asked == ["/names.txt"]


def test_two_at_once_fetch_once(server: Server, tmp_path: Path) -> None:
    both = [threading.Thread(target=fetched, args=(pin(server), tmp_path)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert server.asked == ["/names.txt"]


def test_the_scratch_of_a_killed_run_is_written_over(server: Server, tmp_path: Path) -> None:
    wanted = pin(server)
    (tmp_path / f".tmp-{wanted.sha256}").write_bytes(b"half")
    assert fetched(wanted, tmp_path).read_bytes() == BODY
    assert kept(tmp_path) == [wanted.sha256]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_server_that_recovers_is_asked_again(server: Server, tmp_path: Path, status: int) -> None:
    server.statuses["/names.txt"] = [status, status, 200]
    assert fetched(pin(server), tmp_path, patience=QUICK).read_bytes() == BODY
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("path", "status", "asked", "reason"),
    [
        ("/busy", 500, 3, "the server answers 500"),
        ("/gone", 404, 1, "the server answers 404 Not Found"),
        ("/moved", 302, 1, "the server answers 302 Found"),
        ("/short", 200, 3, "peer closed connection|incomplete"),
        ("/cut", 200, 3, "it ended after 1000 of 290000 bytes"),
        ("/silent", 200, 3, "timed out|disconnected"),
        ("/slow", 200, 1, r"after \d+ of 290000 bytes the time was up"),
    ],
)
def test_a_file_that_cannot_be_had_is_told_with_its_address_and_how_to_mend(
    server: Server, tmp_path: Path, path: str, status: int, asked: int, reason: str
) -> None:
    server.statuses[path] = [status]
    with pytest.raises(DownloadFailed, match=reason) as caught:
        fetched(pin(server, path), tmp_path, patience=QUICK)
    assert caught.value.exit_code == 8
    assert caught.value.where == server.url(path)
    assert "DETECTORY_MIRROR" in caught.value.fix
    assert len(server.asked) == asked
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("pinned", "found"),
    [(b"x" * len(BODY), hashlib.sha256(BODY).hexdigest()), (BODY[:-1], "expected 289999 bytes, found more")],
    ids=["other bytes", "more bytes"],
)
def test_another_file_is_refused_at_once_and_not_kept(
    server: Server, tmp_path: Path, pinned: bytes, found: str
) -> None:
    with pytest.raises(ArtifactDamaged, match=found) as caught:
        fetched(pin(server, body=pinned), tmp_path, patience=QUICK)
    assert caught.value.where == server.url("/names.txt")
    assert "nothing was kept" in caught.value.fix
    assert len(server.asked) == 1
    assert kept(tmp_path) == []


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    nowhere = Pin(file="a", url=f"http://127.0.0.1:{port}/", sha256="0" * 64, bytes=1)
    with pytest.raises(DownloadFailed, match="refused"):
        fetched(nowhere, tmp_path, patience=QUICK)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a",
        "http://127.0.0.1.example.com/a",
        "http://localhost:80@example.com/a",
        "file:///etc/hostname",
    ],
)
def test_an_address_that_others_could_answer_for_is_never_asked(tmp_path: Path, url: str) -> None:
    unsafe = Pin(file="a", url=url, sha256="0" * 64, bytes=1)
    with pytest.raises(DownloadFailed, match="no https address"):
        fetched(unsafe, tmp_path)


def test_retries_print_nothing(server: Server, tmp_path: Path) -> None:
    server.statuses["/names.txt"] = [500, 200]
    code = f"from detectory.downloads import *; fetched({pin(server)!r}, __import__('pathlib').Path('.'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(server.asked) == 2


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "downloads").write_text("a file")
    with pytest.raises(StoreUnwritable, match="downloads"):
        fetched(pin(server), tmp_path / "downloads")
    assert server.asked == []


@pytest.mark.parametrize("digest", ["../../etc/passwd", "A" * 64, "0" * 65])
def test_a_pin_whose_digest_is_none_is_no_pin(digest: str) -> None:
    text = f'[[originals]]\nfile = "a"\nurl = "https://b"\nbytes = 1\nsha256 = "{digest}"\n'
    with pytest.raises(ValueError, match="sha256"):
        read_pins(text)
