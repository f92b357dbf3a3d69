"""The audit of the journal: entries in a chain, each with a digest of itself and of the digest before.

People stand in an entry as aliases (`person:~7kq2mw9x`), also inside its words, and the digest covers what is written: so an erasure
takes an alias away without touching a row, and the chain still holds.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select
from sqlalchemy import insert as plain_insert

from bot.errors import NotFound
from bot.model import Entry
from storage.journal.documents import micros
from storage.journal.part import Insert, Part, insert, lock
from storage.schema import aliases, audit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERSON = re.compile(r"person:([^\s,|\"]+)")
_VEILED = re.compile(r"person:(~[a-z0-9]+)")
GROUND = "0" * 64
"""The digest before the first entry."""


class Audit(Part):
    """What the journal says about who did what."""

    async def note(self, entry: Entry) -> Entry:
        """As the port says."""
        return await self._database.write(lambda connection: append(connection, entry))

    async def entry(self, number: int) -> Entry:
        """As the port says."""

        def work(connection: Connection) -> Entry | None:
            row = connection.execute(_numbered(), {"of": number}).mappings().one_or_none()
            return read(connection, row) if row else None

        found = await self._database.write(work)
        if found is None:
            raise NotFound(f"There is no entry {number} in the audit.", advice="/audit lists the newest.")
        return found


def append(connection: Connection, entry: Entry) -> Entry:
    """Write an entry behind the last one, in the caller's transaction; gives it with number and digest.

    One transaction at a time appends: on PostgreSQL others wait for its end. So it is the last thing that a transaction does.
    """
    lock(connection, ["audit"])
    last = connection.execute(_last()).one_or_none()
    number, before = (last[0] + 1, last[1]) if last else (1, GROUND)
    row = _row(entry, number, veil=lambda text: _veil(connection, text))
    row["digest"] = digest(row, before)
    connection.execute(_appending(), row)
    return replace(entry, number=number, digest=row["digest"])


def digest(row: Mapping[str, Any], before: str) -> str:
    """SHA-256, hex, over a row as it is written and the digest before it."""
    written = json.dumps([before, *(row[column.name] for column in audit.c if column.name != "digest")], ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def read(connection: Connection, row: RowMapping) -> Entry:
    """An entry as it was, with people's keys where they are still known."""
    said = json.loads(row["document"])

    def clear(text: str) -> str:
        return _VEILED.sub(lambda found: f"person:{_person(connection, found[1]) or found[1]}", text)

    return Entry(
        act=row["act"],
        who=clear(row["who"]),
        about=clear(row["about"]),
        platform=row["platform"],
        workspace=row["workspace"],
        channel=row["channel"],
        before={clear(name): clear(value) for name, value in said["before"].items()},
        after={clear(name): clear(value) for name, value in said["after"].items()},
        facts={clear(name): clear(value) for name, value in said["facts"].items()},
        job=row["job"],
        trace=row["trace"],
        at=_EPOCH + timedelta(microseconds=row["at"]),
        number=row["number"],
        digest=row["digest"],
    )


def _row(entry: Entry, number: int, *, veil: Callable[[str], str]) -> dict[str, Any]:
    said = {
        part: {veil(name): veil(value) for name, value in sorted(values.items())}
        for part, values in (("before", entry.before), ("after", entry.after), ("facts", entry.facts))
    }
    return {
        "number": number,
        "at": micros(entry.at),
        "act": entry.act,
        "who": veil(entry.who),
        "about": veil(entry.about),
        "platform": entry.platform,
        "workspace": entry.workspace,
        "channel": entry.channel,
        "job": entry.job,
        "trace": entry.trace,
        "document": json.dumps(said, ensure_ascii=True, sort_keys=True),
    }


def _veil(connection: Connection, text: str) -> str:
    return _PERSON.sub(lambda found: f"person:{found[1] if found[1].startswith('~') else _alias(connection, found[1])}", text)


def _alias(connection: Connection, person: str) -> str:
    """The alias of a person's key, made when there is none yet."""
    known = connection.execute(_alias_of(), {"of": person}).scalar_one_or_none()
    if known is None:
        connection.execute(_naming(connection.dialect.name), {"alias": f"~{secrets.token_hex(6)}", "person": person})
        known = connection.execute(_alias_of(), {"of": person}).scalar_one()
    return known


def _person(connection: Connection, alias: str) -> str | None:
    return connection.execute(_person_of(), {"of": alias}).scalar_one_or_none()


@cache
def _last() -> Select[int, str]:
    return select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)


@cache
def _numbered() -> Select[Any]:
    return select(audit).where(audit.c.number == bindparam("of"))


@cache
def _appending() -> Any:  # noqa: ANN401 - SQLAlchemy's own insert, which two dialects spell alike
    return plain_insert(audit)


@cache
def _alias_of() -> Select[str]:
    return select(aliases.c.alias).where(aliases.c.person == bindparam("of"))


@cache
def _person_of() -> Select[str]:
    return select(aliases.c.person).where(aliases.c.alias == bindparam("of"))


@cache
def _naming(dialect: str) -> Insert:
    return insert(dialect, aliases).on_conflict_do_nothing()
