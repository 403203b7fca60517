"""What goes wrong with a server is said in the user's words, at once."""

from __future__ import annotations

import re
import ssl
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.command import kg, start
from tests.neo4j import bolt_stub

if TYPE_CHECKING:
    from pathlib import Path

CHINESE = re.compile("[\u4e00-\u9fff]{4}")
PASSWORD = {"KG_NEO4J_PASSWORD": "correct-horse"}
WRONG = {"KG_NEO4J_PASSWORD": "wrong-horse"}


def complaint(address: str, **environment: str) -> str:
    """What `kg stats` says about a graph that cannot be opened."""
    began = time.monotonic()
    result = kg("stats", "--graph", address, **{**PASSWORD, **environment})
    assert result.exit_code == 1
    assert result.stdout == ""
    assert time.monotonic() - began < 3  # a machine under load; a process of its own is measured below
    assert result.stderr.startswith("error: ")
    in_chinese = kg("stats", "--graph", address, "--lang", "zh", **{**PASSWORD, **environment}).stderr
    assert CHINESE.search(in_chinese.partition("錯誤：")[2]), in_chinese
    return result.stderr


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s", "neo4j+s"])
def test_no_server(scheme: str) -> None:
    with bolt_stub.listening() as port:
        pass
    assert "no server is running there; start it" in complaint(f"{scheme}://127.0.0.1:{port}")


def test_no_server_is_noticed_within_two_seconds_by_a_process_of_its_own() -> None:
    with bolt_stub.listening(None) as port:
        # The machine that tests run on may be busy: the best of three counts.
        times = []
        for _ in range(3):
            began = time.monotonic()
            process = start("stats", "--graph", f"bolt://127.0.0.1:{port}")
            _, errors = process.communicate(timeout=30)
            times.append(time.monotonic() - began)
            assert process.returncode == 1
            assert "no answer within 1.5 s" in errors
    assert min(times) < 2.5


def test_no_such_host() -> None:
    assert "no host of this name" in complaint("bolt://no-such-host.invalid")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_port_of_http(scheme: str) -> None:
    with bolt_stub.listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert "speaks HTTP, as at 7474" in complaint(f"{scheme}://127.0.0.1:{port}")


@pytest.mark.parametrize("answer", [bytes(4), bytes([0, 0, 1, 4]), b"SSH-2.0-OpenSSH"])
def test_a_server_too_old_for_the_driver_or_of_something_else(answer: bytes) -> None:
    with bolt_stub.listening(answer) as port:
        assert "kg needs Neo4j 5.7 or later" in complaint(f"bolt://127.0.0.1:{port}")


@pytest.mark.parametrize("version", [(4, 4), (5, 0)])
def test_a_server_too_old_for_us(version: tuple[int, int]) -> None:
    with bolt_stub.server(version) as port:
        assert "kg needs Neo4j 5.7 or later" in complaint(f"bolt://127.0.0.1:{port}")


def test_a_server_that_demands_encryption() -> None:
    with bolt_stub.listening(b"") as port:
        assert "if the server demands encryption, write +s://" in complaint(f"bolt://127.0.0.1:{port}")


def test_a_server_that_does_not_encrypt() -> None:
    with bolt_stub.server() as port:
        assert "does not encrypt at this port" in complaint(f"bolt+s://127.0.0.1:{port}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a server with a certificate of its own making uses."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    try:
        subprocess.run([*command, "-keyout", key, "-out", file], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


@pytest.mark.parametrize("scheme", ["bolt+s", "neo4j+s"])
def test_a_certificate_of_ones_own_making(certificate: ssl.SSLContext, scheme: str) -> None:
    with bolt_stub.listening(tls=certificate) as port:
        said = complaint(f"{scheme}://127.0.0.1:{port}")
    assert "the certificate of the server is not trusted (self-signed certificate); " in said
    assert "write +ssc://" in said


def _kind(code: str) -> str:
    return "Transient" if code.endswith("Unavailable") else "Client"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Security.Forbidden", "the user 'reader' may not do this"),
        ("General.ForbiddenOnReadOnlyDatabase", "the database 'neo4j' is read-only"),
        ("Security.CredentialsExpired", "the first password must be changed"),
        ("Security.AuthenticationRateLimit", "too many wrong passwords"),
        ("Database.DatabaseNotFound", "no database 'neo4j'"),
        ("General.DatabaseUnavailable", "the database 'neo4j' is not available now"),
    ],
)
def test_what_the_server_refuses(code: str, words: str) -> None:
    with bolt_stub.server(failure=f"Neo.{_kind(code)}Error.{code}") as port:
        assert words in complaint(f"bolt://127.0.0.1:{port}", KG_NEO4J_USER="reader")


def test_a_wrong_limit_of_time() -> None:
    assert "KG_NEO4J_TIMEOUT is 'soon'" in complaint("bolt://127.0.0.1:1", KG_NEO4J_TIMEOUT="soon")


@pytest.mark.neo4j
def test_a_real_server(neo4j_address: str) -> None:
    assert "refuses the user or password" in complaint(neo4j_address, **WRONG)
    assert "wants a password" in complaint(neo4j_address, KG_NEO4J_PASSWORD="")
    assert "has no database 'nowhere'" in complaint(neo4j_address, KG_NEO4J_DATABASE="nowhere")
    assert "does not encrypt" in complaint(neo4j_address.replace("bolt:", "bolt+s:"))
    assert "does not encrypt" in complaint(neo4j_address.replace("bolt:", "neo4j+s:"))
