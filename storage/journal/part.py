"""A part of the journal: one family of questions over a database, with the clock that all parts share."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Union

from sqlalchemy import Connection, Table, TextClause, text
from sqlalchemy.dialects import sqlite

from storage.journal.database import Database
from storage.journal.documents import micros
from storage.schema import events

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Insert = Union[sqlite.Insert, "postgresql.Insert"]


class Part:
    """What every family has."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now


def insert(dialect: str, table: Table) -> Insert:
    """An INSERT with an ON CONFLICT clause: the one sentence that SQLAlchemy leaves to each database, though both spell it alike."""
    if dialect != "postgresql":
        return sqlite.insert(table)
    # Imported when it is needed: a bot on SQLite starts sooner without.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def take_event(connection: Connection, event: str, now: datetime) -> bool:
    """Take an event; False when it was taken before. Until this transaction ends, others that want the same event wait."""
    return connection.execute(_taking(connection.dialect.name), {"key": event, "taken": micros(now)}).rowcount == 1


def lock(connection: Connection, subjects: Sequence[str]) -> None:
    """Let one transaction at a time ask and answer about these subjects. On SQLite there is but one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_locking(), {"subjects": list(subjects)})


@cache
def _taking(dialect: str) -> Insert:
    return insert(dialect, events).on_conflict_do_nothing()


@cache
def _locking() -> TextClause:
    # In one order for everybody, so that two transactions never wait for each other. A shared hash only makes two people wait.
    return text(
        "SELECT pg_advisory_xact_lock(ordered.hash) FROM (SELECT DISTINCT hashtextextended(subject, 0) AS hash "
        "FROM unnest(CAST(:subjects AS text[])) AS subject ORDER BY hash) AS ordered"
    )
