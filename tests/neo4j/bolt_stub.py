"""A server that says whatever a test wants: enough of Bolt for the driver to believe it."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAGIC = b"\x60\x60\xb0\x17"
_SUCCESS, _FAILURE, _HELLO, _RUN = 0x70, 0x7F, 0x01, 0x10


@contextmanager
def listening(answer: bytes | None = b"", tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port that answers the first bytes with these and hangs up; None: never answers."""
    with _port(lambda connection: _answer(connection, answer, tls)) as port:
        yield port


@contextmanager
def server(version: tuple[int, int] = (5, 4), failure: str | None = None) -> Iterator[int]:
    """A port that speaks this version of Bolt and fails every query with this code, or finds nothing."""
    with _port(lambda connection: _speak(connection, version, failure)) as port:
        yield port


@contextmanager
def _port(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(serve, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        # Closing alone does not wake a thread that waits for a connection.
        listener.shutdown(socket.SHUT_RDWR)


def _quietly(serve: Callable[[socket.socket], None], connection: socket.socket) -> None:
    try:
        serve(connection)
    except OSError:
        pass
    finally:
        connection.close()


def _answer(connection: socket.socket, answer: bytes | None, tls: ssl.SSLContext | None) -> None:
    if tls:
        with tls.wrap_socket(connection, server_side=True) as safe:
            safe.recv(1)
        return
    connection.recv(64)
    if answer is None:
        connection.recv(64)
    else:
        connection.sendall(answer)


def _speak(connection: socket.socket, version: tuple[int, int], failure: str | None) -> None:
    if connection.recv(20)[:4] != _MAGIC:
        return
    connection.sendall(bytes([0, 0, version[1], version[0]]))
    while head := connection.recv(2, socket.MSG_WAITALL):
        size = int.from_bytes(head, "big")
        if not size:
            continue  # the end of a message, or a sign of life
        tag = connection.recv(size, socket.MSG_WAITALL)[1]
        if failure and tag == _RUN:
            _send(connection, _FAILURE, {"code": failure, "message": "no"})
        else:
            greeting = {"server": "Neo4j/5.13.0", "connection_id": "bolt-1"}
            _send(connection, _SUCCESS, greeting if tag == _HELLO else {})


def _send(connection: socket.socket, tag: int, values: dict[str, str]) -> None:
    body = bytes([0xB1, tag, 0xA0 + len(values)]) + b"".join(_text(t) for pair in values.items() for t in pair)
    connection.sendall(len(body).to_bytes(2, "big") + body + b"\0\0")


def _text(text: str) -> bytes:
    data = text.encode()
    return bytes([0xD0, len(data)]) + data
