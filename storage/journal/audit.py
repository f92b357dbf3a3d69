"""The audit of the journal: entries in a chain, each with a digest of itself and of the digest before.

People stand in an entry as aliases (`person:~7kq2mw9x`), also inside its words, and the digest covers what is written: so an erasure
takes an alias away without touching a row, and the chain still holds.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, select
from sqlalchemy import insert as plain_insert

from bot.errors import NotFound
from bot.model import LIMNER, Entry, Inquiry, Seal, Walk
from storage.journal import chain
from storage.journal.documents import micros
from storage.journal.part import Insert, Part, insert, lock
from storage.schema import aliases, audit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERSON = re.compile(r"person:([^\s,|\"]+)")
_VEILED = re.compile(r"person:(~[a-z0-9]+)")
_RECENT = 500
"""Entries among which a trace is looked for: an act's own are among the last of all."""


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

    async def entries(self, inquiry: Inquiry, *, limit: int = 10) -> list[Entry]:
        """As the port says."""

        def work(connection: Connection) -> list[Entry]:
            asked = _asked(connection, inquiry)
            if asked is None:
                return []
            query = select(audit).where(*asked)
            if not inquiry.act:
                rows = connection.execute(query.order_by(audit.c.number.desc()).limit(limit)).mappings().all()
                return read_all(connection, rows)
            # Act by act, so that each is the end of a range in the index, however rare among however many.
            rows = [
                row
                for act in _acts(connection, inquiry)
                for row in connection.execute(query.where(audit.c.act == act).order_by(audit.c.number.desc()).limit(limit)).mappings()
            ]
            return read_all(connection, sorted(rows, key=lambda row: row["number"], reverse=True)[:limit])

        return await self._database.read(work)

    async def chain(self, *, after: int, limit: int) -> list[Entry]:
        """As the port says."""
        query = select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
        return await self._database.read(lambda connection: read_all(connection, connection.execute(query).mappings().all()))

    async def noted(self, trace: str) -> bool:
        """As the port says."""
        newest = select(audit.c.trace).order_by(audit.c.number.desc()).limit(_RECENT)
        return trace in await self._database.read(lambda connection: connection.execute(newest).scalars().all())

    async def seal(self) -> Seal | None:
        """As the port says."""
        last = await self._database.read(lambda connection: connection.execute(_last()).one_or_none())
        return Seal(number=last[0], digest=last[1]) if last else None

    async def walk(self, after: Seal | None, *, limit: int = 2000) -> Walk:
        """As the port says."""
        return await self._database.read(lambda connection: chain.walk(connection, after, limit))

    async def prune(self, until: Mapping[str, datetime | None], *, usual: datetime | None, now: datetime) -> int:
        """As the port says."""

        def work(connection: Connection) -> int:
            lock(connection, ["audit"])
            ends = {name: None if moment is None else micros(moment) for name, moment in until.items()}
            found = chain.outlived(connection, ends, None if usual is None else micros(usual))
            if found is not None:
                seal, count = found
                facts = {"through": str(seal.number), "digest": seal.digest, "entries": str(count)}
                append(connection, Entry(act=chain.PRUNED, who=LIMNER, facts=facts, at=now))
            return chain.remove(connection)

        return await self._database.write(work)


def append(connection: Connection, entry: Entry) -> Entry:
    """Write an entry behind the last one, in the caller's transaction; gives it with number and digest.

    One transaction at a time appends: on PostgreSQL others wait for its end. So it is the last thing that a transaction does.
    """
    lock(connection, ["audit"])
    last = connection.execute(_last()).one_or_none()
    number, before = (last[0] + 1, last[1]) if last else (1, chain.GROUND)
    row = _row(entry, number, veil=lambda text: _veil(connection, text))
    row["digest"] = chain.digest(row, before)
    connection.execute(_appending(), row)
    return replace(entry, number=number, digest=row["digest"])


def read(connection: Connection, row: RowMapping) -> Entry:
    """An entry as it was, with people's keys where they are still known."""
    return read_all(connection, [row])[0]


def read_all(connection: Connection, rows: Sequence[RowMapping]) -> list[Entry]:
    """Entries as they were, with people's keys where they are still known."""
    veiled = {alias for row in rows for text in (row["who"], row["about"], row["document"]) for alias in _VEILED.findall(text)}
    known: dict[str, str] = {}
    for start in range(0, len(veiled), _RECENT):
        some = sorted(veiled)[start : start + _RECENT]
        known.update(dict(connection.execute(select(aliases.c.alias, aliases.c.person).where(aliases.c.alias.in_(some))).all()))
    return [_read(row, known) for row in rows]


def _read(row: RowMapping, known: Mapping[str, str]) -> Entry:
    said = json.loads(row["document"])

    def clear(text: str) -> str:
        return _VEILED.sub(lambda found: f"person:{known.get(found[1], found[1])}", text)

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


def alias_of(connection: Connection, person: str) -> str | None:
    """The alias of a person's key, where there is one."""
    return connection.execute(_alias_of(), {"of": person}).scalar_one_or_none()


def _asked(connection: Connection, inquiry: Inquiry) -> list[ColumnElement[bool]] | None:
    """What an entry must be like; None where none can be."""
    found: list[ColumnElement[bool]] = []
    if inquiry.workspace:
        platform, _, workspace = inquiry.workspace.partition(":")
        narrow = inquiry.who or inquiry.about or inquiry.job
        # Written so that no index serves it, where another one leads to a few entries and this one to nearly all.
        here = [func.coalesce(column, "") if narrow else column for column in (audit.c.platform, audit.c.workspace)]
        found += [here[0] == platform, here[1] == workspace]
    for column, subject in ((audit.c.who, inquiry.who), (audit.c.about, inquiry.about)):
        if subject.startswith("person:"):
            alias = alias_of(connection, subject.removeprefix("person:"))
            if alias is None:
                return None
            found.append(column == f"person:{alias}")
        elif subject:
            found.append(column == subject)
    if inquiry.job:
        found.append(audit.c.job == inquiry.job)
    if inquiry.since:
        found.append(audit.c.at >= micros(inquiry.since))
    if inquiry.before is not None:
        found.append(audit.c.number < inquiry.before)
    return found


def _acts(connection: Connection, inquiry: Inquiry) -> list[str]:
    """The acts that there are and that an inquiry means, found by leaps through the index."""
    here: list[ColumnElement[bool]] = []
    if inquiry.workspace:
        platform, _, workspace = inquiry.workspace.partition(":")
        here = [audit.c.platform == platform, audit.c.workspace == workspace]
    found: list[str] = []
    last = ""
    while (act := connection.execute(select(func.min(audit.c.act)).where(*here, audit.c.act > last)).scalar_one()) is not None:
        last = act
        if act == inquiry.act or act.startswith(f"{inquiry.act}."):
            found.append(act)
    return found


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
def _naming(dialect: str) -> Insert:
    return insert(dialect, aliases).on_conflict_do_nothing()
