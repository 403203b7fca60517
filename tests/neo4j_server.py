"""A real Neo4j server for tests, put together from Maven Central once and kept in a cache folder.

python -m tests.neo4j_server        # start one, print its address and password, stop at the end of input
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

# The newest of the last line that runs on Java 17.
VERSION = "5.26.30"
_BROWSER = "5.24.0"
PASSWORD = "correct-horse"  # noqa: S105 - of a throw-away server
_MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kg</groupId><artifactId>neo4j-home</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency>
    <dependency>
      <groupId>org.neo4j.client</groupId><artifactId>neo4j-browser</artifactId><version>{_BROWSER}</version>
    </dependency>
  </dependencies>
</project>
"""
_CONFIGURATION = """\
server.bolt.listen_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.memory.pagecache.size=64m
dbms.usage_report.enabled=false
client.allow_telemetry=false
"""
_OPEN = ["java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch"]
_JAVA = [
    *("java", "-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8"),
    *(f"--add-opens={package}=ALL-UNNAMED" for package in _OPEN),
    "-Dio.netty.tryReflectionSetAccessible=true",
]
_START_SECONDS = 120


def missing() -> str | None:
    """What to install before a server can be put together; None if all is there."""
    absent = [program for program in ("java", "mvn") if shutil.which(program) is None]
    return f"install {' and '.join(absent)} (Java 17 or later, Maven)" if absent else None


def require() -> None:
    """Skip the test where no server can be put together; under CI=true that is a failure."""
    if absent := missing():
        message = f"no Neo4j to test against: set KG_TEST_NEO4J and KG_TEST_NEO4J_PASSWORD, or {absent}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def library() -> Path:
    """The folder of the server's jars, downloaded if it is not there yet (150 MB)."""
    folder = Path.home() / ".cache" / "kg-test" / f"neo4j-{VERSION}-browser-{_BROWSER}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as workshop:
            (Path(workshop) / "pom.xml").write_text(_POM)
            command = ["mvn", "-q", "-B", f"{_MAVEN_PLUGIN}:copy-dependencies", "-DincludeScope=runtime"]
            subprocess.run([*command, "-DoutputDirectory=lib"], cwd=workshop, check=True)
            (Path(workshop) / "lib").rename(folder)
    return folder


class Server:
    """A server with its data in `home`; `address` is good as long as it runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._ports = [_free_port(), _free_port()]
        self.address = f"bolt://127.0.0.1:{self._ports[0]}"
        self.browser = f"http://127.0.0.1:{self._ports[1]}/browser/?dbms={self.address}"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
        for name in ("conf", "data", "logs", "plugins", "import"):
            (home / name).mkdir(parents=True)
        configuration = _CONFIGURATION.format(bolt=self._ports[0], http=self._ports[1])
        (home / "conf" / "neo4j.conf").write_text(configuration)
        self._run("org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", PASSWORD).wait()

    def import_csv(self, folder: Path) -> None:
        """Fill the database with what `kg export neo4j-import` wrote, by its own script; the server must not run."""
        admin = self.home / "neo4j-admin"
        command = " ".join([*_JAVA, "-cp", f"'{library()}/*'", "org.neo4j.server.startup.Neo4jAdminCommand"])
        admin.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        admin.chmod(0o755)
        environment = {**self._environment, "NEO4J_ADMIN": str(admin)}
        done = subprocess.run(
            ["/bin/sh", folder / "import.sh"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the import failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._process = self._run(
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
            "--console-mode",
        )
        import neo4j  # noqa: PLC0415 - only where there is a server

        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with neo4j.GraphDatabase.driver(self.address, auth=("neo4j", PASSWORD)) as driver:
                    driver.verify_connectivity()
            except neo4j.exceptions.ServiceUnavailable:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"the server does not start:\n{self._log_tail()}") from None
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _run(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [*_JAVA, "-cp", f"{library()}/*", main, *arguments]
        with (self.home / "logs" / "console.log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=subprocess.STDOUT)

    def _log_tail(self) -> str:
        return (self.home / "logs" / "console.log").read_text("utf-8", "replace")[-2000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, Server(Path(place) / "neo4j") as server:
        sys.stdout.write(f"{server.address} {PASSWORD}\n")
        sys.stdout.flush()
        sys.stdin.read()
