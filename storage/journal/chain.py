"""The chain of the audit: the digests, the walk along them, and the removal of what is old from the front, which leaves its mark.

A removal is first an entry that says up to which number and digest, and then the removal itself, in portions: whatever a crash leaves
is removed with the next one. Only what holds is removed, so that no breach is buried that way.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Integer, RowMapping, Select, bindparam, delete, func, select

from bot.model import Breach, Seal, Walk
from storage.schema import audit

GROUND = "0" * 64
"""The digest before the first entry."""
PRUNED = "retention.audit"
"""The act of an entry that records what was removed from the front."""
_PORTION = 5_000
"""Entries that are looked at, and removed, in one go: about 50 ms, for which nobody else can write."""
_NEAR = 10
"""Entries around a broken one among which its true place is looked for."""


def digest(row: RowMapping | Mapping[str, Any], before: str) -> str:
    """SHA-256, hex, over a row as it is written and the digest before it."""
    written = json.dumps([before, *(row[column.name] for column in audit.c if column.name != "digest")], ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def walk(connection: Connection, after: Seal | None, limit: int) -> Walk:
    """Check the entries behind one that holds, or from the front."""
    front = after or _front(connection)
    if isinstance(front, Breach):
        return Walk(seal=None, breach=front)
    seal = front
    rows = connection.execute(_behind(), {"after": seal.number, "most": limit}).mappings().all()
    for count, row in enumerate(rows):
        breach = _holds(connection, row, seal)
        if breach is not None:
            return Walk(seal=seal, count=count, breach=breach)
        seal = Seal(number=row["number"], digest=row["digest"])
    return Walk(seal=seal if seal.number else None, count=len(rows))


def outlived(connection: Connection, ends: Mapping[str, int | None], usual: int | None) -> tuple[Seal, int] | None:
    """How far the front may be removed, and how many entries that is; None where none may be.

    `ends` goes by `platform:workspace`: what is older may go, None for never; `usual` is for all others.
    """
    front = _front(connection)
    if isinstance(front, Breach):
        return None
    # What the bot itself noted belongs to no workspace: it goes when the most patient of them would let it go.
    decided = [end for end in ends.values() if end is not None]
    own = usual if not ends else min(decided) if len(decided) == len(ends) else None
    seal, count = front, 0
    for row in connection.execute(_behind(), {"after": seal.number, "most": _PORTION}).mappings():
        end = ends.get(f"{row['platform']}:{row['workspace']}", usual) if row["workspace"] else own
        if end is None or row["at"] >= end or _holds(connection, row, seal) is not None:
            break
        seal, count = Seal(number=row["number"], digest=row["digest"]), count + 1
    return (seal, count) if count else None


def remove(connection: Connection) -> int:
    """Remove what is recorded as removed and still there, a portion of it; gives how many entries."""
    first = connection.execute(select(func.min(audit.c.number))).scalar_one()
    if first is None:
        return 0
    return connection.execute(_removing(), {"through": min(_removed(connection).number, first + _PORTION - 1)}).rowcount


def _removed(connection: Connection) -> Seal:
    query = select(audit.c.document).where(audit.c.platform == "", audit.c.workspace == "", audit.c.act == PRUNED)
    seals = [Seal(number=0, digest=GROUND)]
    for document in connection.execute(query).scalars():
        facts = json.loads(document)["facts"]
        seals.append(Seal(number=int(facts["through"]), digest=facts["digest"]))
    return max(seals, key=lambda seal: seal.number)


def _front(connection: Connection) -> Seal | Breach:
    """Where a walk begins: before the first entry, or behind what was removed on record."""
    first = connection.execute(select(func.min(audit.c.number))).scalar_one()
    removed = _removed(connection)
    if first is not None and first > removed.number + 1:
        why = f"{_missing(removed.number + 1, first - 1)[:-1]}: they were cut off at the front, and no entry records it."
        return Breach(number=removed.number + 1, why=why)
    return removed


def _holds(connection: Connection, row: RowMapping, seal: Seal) -> Breach | None:
    """What is wrong with an entry that comes behind one that holds."""
    if row["number"] != seal.number + 1:
        return Breach(number=seal.number + 1, why=_missing(seal.number + 1, row["number"] - 1))
    return None if digest(row, seal.digest) == row["digest"] else _breach(connection, row)


def _missing(first: int, last: int) -> str:
    return f"Entry {first} is missing." if first == last else f"Entries {first} to {last} are missing."


def _breach(connection: Connection, row: RowMapping) -> Breach:
    """What was done to an entry whose digest is wrong: it stands elsewhere than it was written, or says something else."""
    number = row["number"]
    around = select(audit.c.number, audit.c.digest).where(audit.c.number.between(number - _NEAR, number + _NEAR))
    marks = [(other, mark) for other, mark in connection.execute(around)]
    for other, _ in marks:
        moved = {**row, "number": other}
        if other != number and any(digest(moved, mark) == row["digest"] for mark in [GROUND, *(mark for _, mark in marks)]):
            return Breach(number=number, why=f"Entry {number} was moved: it was written as entry {other}.")
    return Breach(number=number, why=f"Entry {number} was changed after it was written.")


@cache
def _behind() -> Select[Any]:
    return select(audit).where(audit.c.number > bindparam("after")).order_by(audit.c.number).limit(bindparam("most", type_=Integer))


@cache
def _removing() -> Delete:
    return delete(audit).where(audit.c.number <= bindparam("through"))
