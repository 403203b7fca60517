"""Accidents in the middle of an ingest, many times over: afterwards the same command ends in the same graph.

python -m tests.accidents                                   # 50 rounds of every kind, with a Neo4j of its own
python -m tests.accidents --rounds 5 --kind killed --seed 7

The accidents: `kg` is killed (embedded graph, Neo4j), the server is killed, the connection is cut (at commit every
other time), the disk is full, two ingest at once. Right after each, every stored article must be whole: its record
as some version of its file has it, and the graph that of the stored records.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kg import articles, dump, pipeline
from kg.errors import KgError, NotFoundError
from kg.graph import build
from kg.store import open_store
from kg.verify import verify
from tests import neo4j_server
from tests.strategies import ONTOLOGY
from tests.test_life import WORDS, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model import Record

ROOT = Path(__file__).parents[1]
ARTICLES, BATCH = 40, 8
KINDS = ("killed", "killed-neo4j", "server-killed", "connection-cut", "disk-full", "two-at-once", "two-at-once-neo4j")
_COMMIT = b"\x00\x02\xb0\x12\x00\x00"


def ingest(address: str, site: Path) -> None:
    """Ingest the site, in small batches, so that there are several commits."""
    pipeline.BATCH = BATCH
    found = articles.find([site], site)
    with open_store(address, create=True) as store:
        pipeline.ingest(found, Words(), store, root=site, jobs=1)


def child(address: str, site: Path, limit: int = 0) -> subprocess.Popen[str]:
    """Ingest in a process of its own; no file may grow beyond the limit, which is what a full disk looks like."""

    def prepare() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "tests.accidents", "--ingest", address, str(site)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        preexec_fn=prepare,  # noqa: PLW1509 - nothing of this process runs in threads that matter to the child
    )


class Site:
    """A folder of articles of which many change in every turn."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.versions: dict[str, set[str]] = {}
        folder.mkdir()

    def turn(self, number: int) -> None:
        """Write, change and delete articles."""
        for index in range(ARTICLES):
            file = self.folder / f"{index}.md"
            if self.chance.random() < 0.1:
                file.unlink(missing_ok=True)
            elif self.chance.random() < 0.7:
                words = " ".join(self.chance.choices(WORDS, k=30))
                file.write_text(f"---\ntitle: {index} in turn {number}\n---\n\n{words} {number}\n", "utf-8")
        for record in self.records():
            self.versions.setdefault(record.document.id, set()).add(record.document.sha256)

    def records(self) -> list[Record]:
        """Read all articles."""
        found = articles.find([self.folder], self.folder)
        return [outcome.record for outcome in pipeline.extract(found.files, Words(), jobs=1) if outcome.record]


def check_whole(address: str, site: Site) -> None:
    """Check that no article is torn: each is some version of its file, and the graph is that of the records."""
    try:
        store = open_store(address)
    except NotFoundError:
        return  # the accident came before there was a graph
    with store:
        records = list(store.records())
        assert store.graph() == build(records), "the graph is not that of its records"
        for record in records:
            assert record.document.sha256 in site.versions[record.document.id], "a record of no version of its file"


def check_same(address: str, site: Site) -> None:
    """Check that the graph is that of a clean rebuild, and that everything holds."""
    with open_store(address) as store:
        wanted = dump.digest(build(site.records()))
        assert dump.digest(store.graph()) == wanted, "not the graph of a clean rebuild"
        files = {id_: site.folder / id_ for id_ in store.states()}
        problems = verify(store, ONTOLOGY, files).problems
        assert not problems, problems


@contextmanager
def proxy(address: str, after: int, *, at_commit: bool) -> Iterator[tuple[str, threading.Event]]:
    """An address that leads to the server until so many bytes, or so many commits, have been sent; then to nothing."""
    host, _, port = address.removeprefix("bolt://").partition(":")
    cut = threading.Event()
    open_sockets: list[socket.socket] = []
    sent = [0]

    def pump(source: socket.socket, target: socket.socket, *, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                if counted and not cut.is_set():
                    sent[0] += data.count(_COMMIT) if at_commit else len(data)
                    if sent[0] > after:
                        cut.set()
                        # The commit itself arrives, its answer does not: the hardest case.
                        if at_commit:
                            target.sendall(data)
                            time.sleep(0.05)
                        for one in open_sockets:
                            with suppress(OSError):
                                one.shutdown(socket.SHUT_RDWR)
                        return
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                if cut.is_set():
                    connection.close()
                    continue
                upstream = socket.create_connection((host, int(port)))
                open_sockets.extend((connection, upstream))
                threading.Thread(
                    target=pump, args=(connection, upstream), kwargs={"counted": True}, daemon=True
                ).start()
                threading.Thread(
                    target=pump, args=(upstream, connection), kwargs={"counted": False}, daemon=True
                ).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}", cut
        listener.shutdown(socket.SHUT_RDWR)
        for one in open_sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


class Rounds:
    """Runs rounds of one kind of accident in one graph."""

    def __init__(self, kind: str, place: Path, chance: random.Random, server: neo4j_server.Server | None) -> None:
        self.kind = kind
        self.chance = chance
        self.server = server
        self.site = Site(place / "site", chance)
        self.address = server.address if server else str(place / "graph")
        self.hit = 0
        self.seconds = 1.0

    def run(self, rounds: int) -> None:
        """Run so many rounds; raises AssertionError at the first that loses or tears something."""
        if self.server:
            with open_store(self.address, create=True) as store:
                store.apply([], list(store.states()))
        self.site.turn(0)
        began = time.monotonic()
        process = child(self.address, self.site.folder)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        self.seconds = time.monotonic() - began
        for number in range(1, rounds + 1):
            self.site.turn(number)
            self.hit += getattr(self, self.kind.removesuffix("-neo4j").replace("-", "_"))(number)
            check_whole(self.address, self.site)
            ingest(self.address, self.site.folder)
            check_same(self.address, self.site)

    def killed(self, _number: int) -> bool:
        """Kill the ingesting process at a moment of its life."""
        process = child(self.address, self.site.folder)
        self._wait(process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def _wait(self, process: subprocess.Popen[str]) -> None:
        """Wait for a part of the time that a run takes; one that ends before then shows how long that is now."""
        began = time.monotonic()
        try:
            process.wait(self.chance.uniform(0.3, 1.0) * self.seconds)
        except subprocess.TimeoutExpired:
            self.seconds *= 1.01  # runs may have become longer
        else:
            self.seconds = time.monotonic() - began

    def server_killed(self, _number: int) -> bool:
        """Kill the server in mid-load, and start it again."""
        assert self.server
        process = child(self.address, self.site.folder)
        self._wait(process)
        self.server.kill()
        _, errors = process.communicate()
        assert process.returncode == 0 or "cannot be reached" in errors or "StoreError" in errors, errors
        self.server.start()
        return process.returncode != 0

    def connection_cut(self, number: int) -> bool:
        """Cut the connection, every other time at a commit."""
        at_commit = number % 2 == 0
        after = self.chance.randrange(0, 6) if at_commit else self.chance.randrange(500, 60_000)
        with proxy(self.address, after, at_commit=at_commit) as (address, cut):
            process = child(address, self.site.folder)
            _, errors = process.communicate()
            assert process.returncode == 0 or "StoreError" in errors, errors
            return cut.is_set()

    def disk_full(self, _number: int) -> bool:
        """Let no file grow beyond a limit."""
        largest = max(path.stat().st_size for path in Path(self.address).rglob("*") if path.is_file())
        process = child(self.address, self.site.folder, limit=self.chance.randrange(1000, largest + 1000))
        _, errors = process.communicate()
        assert process.returncode == 0 or "Error" in errors, errors
        return process.returncode != 0

    def two_at_once(self, _number: int) -> bool:
        """Ingest twice at the same time."""
        processes = [child(self.address, self.site.folder)]
        time.sleep(self.chance.uniform(0, 0.5) * self.seconds)
        processes.append(child(self.address, self.site.folder))
        for process in processes:
            _, errors = process.communicate()
            assert process.returncode == 0 or "StoreLockedError" in errors, errors
        return True


def run(kind: str, rounds: int, seed: int, server: neo4j_server.Server | None) -> tuple[int, float]:
    """Run rounds of a kind; return in how many something was hit, and the seconds that they took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        runner = Rounds(kind, Path(place), random.Random(seed), server)  # noqa: S311 - the same rounds again
        runner.run(rounds)
    return runner.hit, time.monotonic() - began


def needs_server(kind: str) -> bool:
    """Whether the accidents of this kind happen to a Neo4j."""
    return kind.endswith("-neo4j") or kind in ("server-killed", "connection-cut")


def main() -> None:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ingest", nargs=2, metavar=("ADDRESS", "SITE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ingest:
        try:
            ingest(options.ingest[0], Path(options.ingest[1]))
        except KgError as error:
            sys.exit(f"{type(error).__name__}: {error}")
        return
    kinds = options.kind or KINDS
    with tempfile.TemporaryDirectory() as place:
        server = None
        if any(map(needs_server, kinds)):
            os.environ["KG_NEO4J_PASSWORD"] = neo4j_server.PASSWORD
            server = neo4j_server.Server(Path(place) / "neo4j")
            server.start()
        try:
            for kind in kinds:
                hit, seconds = run(kind, options.rounds, options.seed, server if needs_server(kind) else None)
                print(f"{kind}: {options.rounds} rounds, {hit} hit, nothing lost or torn, {seconds:.0f} s", flush=True)
        finally:
            if server:
                server.kill()


if __name__ == "__main__":
    main()
