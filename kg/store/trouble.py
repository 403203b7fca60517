"""What the driver of Neo4j raises, in the words of the person who has to do something about it."""

from __future__ import annotations

import re
from typing import NamedTuple

from neo4j.exceptions import (
    AuthError,
    ClientError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    UnsupportedServerProduct,
    WriteServiceUnavailable,
)

from kg.errors import QueryError, StoreError

_SECURITY = "Neo.ClientError.Security."
_OF_QUERIES = ("Neo.ClientError.Statement", "Neo.ClientError.Procedure")
_REASON = re.compile(r"certificate verify failed: ([^(\n]+?) *\(")
# The oldest version that can be told which notifications are wanted.
_OLDEST = "5.7"
_TOO_OLD = "Notification filtering is not supported"


class Access(NamedTuple):
    """How the server is spoken to, for messages."""

    address: str
    user: str
    database: str
    seconds: float


def explain(error: Neo4jError | DriverError, access: Access, *, password: bool) -> StoreError:
    """Return what went wrong and what to do; `password` says whether one was given."""
    code = getattr(error, "code", None) or ""
    if isinstance(error, AuthError) and code in ("", _SECURITY + "Unauthorized"):
        return _unauthorized(access, password=password)
    if isinstance(error, UnsupportedServerProduct) or _TOO_OLD in str(error):
        return StoreError(
            f"{access.address}: what answers there is no Neo4j, or one that is too old; "
            f"kg needs Neo4j {_OLDEST} or later"
        )
    # The driver says so of a server that answers that its database is read-only.
    if isinstance(error, WriteServiceUnavailable):
        return _read_only(access)
    if isinstance(error, ServiceUnavailable):
        return _unreachable(error, access)
    if code == _SECURITY + "AuthenticationRateLimit":
        return StoreError(f"{access.address}: the server has had too many wrong passwords; wait a minute and try again")
    if code == _SECURITY + "CredentialsExpired":
        return StoreError(
            f"{access.address}: the first password must be changed before anything else; do that in Neo4j Browser, "
            "then set KG_NEO4J_PASSWORD to the new one"
        )
    if code == _SECURITY + "Forbidden":
        return StoreError(
            f"{access.address}: the user {access.user!r} may not do this; use one who may write and make constraints "
            "and indexes (role architect or admin; in Neo4j Community every user may), with KG_NEO4J_USER"
        )
    if "ReadOnlyDatabase" in code or "ReadOnlyAccess" in code:
        return _read_only(access)
    if code == "Neo.ClientError.Database.DatabaseNotFound":
        return StoreError(
            f"{access.address}: the server has no database {access.database!r}; set KG_NEO4J_DATABASE to one that it "
            "has (SHOW DATABASES in Neo4j Browser lists them)"
        )
    if code.endswith(".DatabaseUnavailable"):
        return StoreError(
            f"{access.address}: the database {access.database!r} is not available now; it is being started, or could "
            "not be (the server's logs say why). Try again in a moment"
        )
    return _other(error, access.address, code)


def _unauthorized(access: Access, *, password: bool) -> StoreError:
    if not password:
        return StoreError(f"{access.address}: the server wants a password; set KG_NEO4J_PASSWORD")
    return StoreError(
        f"{access.address}: the server refuses the user or password; "
        "set KG_NEO4J_PASSWORD, and KG_NEO4J_USER if it is not neo4j"
    )


def _read_only(access: Access) -> StoreError:
    return StoreError(
        f"{access.address}: the database {access.database!r} is read-only; name another with KG_NEO4J_DATABASE, "
        "or allow writing in neo4j.conf (server.databases.read_only)"
    )


def _unreachable(error: ServiceUnavailable, access: Access) -> StoreError:
    words = "\n".join(_causes(error))
    address = access.address
    if "looks like HTTP" in words:
        return StoreError(
            f"{address}: at this port the server speaks HTTP, as at 7474 for Neo4j Browser; kg needs the port of Bolt, "
            "usually 7687"
        )
    if "certificate" in words or "CertVerification" in words:
        reason = _REASON.search(words)
        cause = reason[1] if reason else "it cannot be checked"
        return StoreError(
            f"{address}: the certificate of the server is not trusted ({cause}); "
            "if the server is yours and the certificate your own, write +ssc:// instead of +s://"
        )
    if "SSL" in words or "encrypted connection" in words:
        return StoreError(
            f"{address}: the server does not encrypt at this port; write the address without +s, or turn TLS on"
        )
    if "handshake response" in words and "imed out" not in words:
        return StoreError(
            f"{address}: something is there but hangs up; if the server demands encryption, write +s:// (or +ssc://), "
            "else check the port"
        )
    if "DNS" in words:
        return StoreError(f"{address}: cannot be reached: there is no host of this name; check the address")
    if "imed out" in words or "imeout" in words:
        return StoreError(
            f"{address}: cannot be reached: no answer within {access.seconds:g} s; check the address and firewalls, or "
            "allow more time with KG_NEO4J_TIMEOUT (in seconds)"
        )
    if "refused" in words:
        return StoreError(
            f"{address}: cannot be reached: no server is running there; start it (see Neo4j in the README of kg), "
            "or check the address"
        )
    told = re.sub(r"\s*\n\s*", ": ", str(error))
    return StoreError(
        f"{address}: cannot be reached: {told}\nStart the server, or check the address. If it was lost "
        "in the middle, run the command again: it takes up where it was"
    )


def _causes(error: BaseException | None) -> list[str]:
    """Return what the error and everything behind it say."""
    if error is None:
        return []
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return [str(error), *_causes(error.__cause__), *(text for one in inner for text in _causes(one))]


def _other(error: Neo4jError | DriverError, address: str, code: str) -> StoreError:
    if code == "Neo.ClientError.Statement.AccessMode":
        return QueryError("the query writes, or calls a procedure that may; run it with --write")
    if isinstance(error, ClientError):
        if code.startswith(_OF_QUERIES):
            return QueryError(error.message or str(error))
        return StoreError(f"{address}: {error.message}")
    return StoreError(f"{address}: {error}")
