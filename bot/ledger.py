"""The ledger: the audit and the review of access as a shell shows them, read from the journal beside a bot that runs."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Literal

from bot.app import open_store
from bot.config import BotSettings
from bot.errors import Misunderstood
from bot.model import Seal, Walk
from bot.records import Access, access_of, lines_of, rows_of, table_of, verify

_BATCH = 1000
_COLUMNS = ("workspace", "subject", "name", "roles", "limits", "seen", "drew", "acted", "act")


async def export(settings: BotSettings, *, since: int, form: Literal["csv", "jsonl"]) -> AsyncIterator[str]:
    """The audit of all workspaces from an entry on, the oldest first, in pieces of CSV or JSON lines."""
    async with open_store(settings) as store:
        after, heading = since - 1, True
        while entries := await store.chain(after=after, limit=_BATCH):
            yield table_of(entries, heading=heading) if form == "csv" else lines_of(entries)
            after, heading = entries[-1].number, False


async def check(settings: BotSettings, *, since: int, expect: str) -> Walk:
    """Walk the audit's chain. `expect` is `NUMBER:DIGEST` of an entry that somebody noted, or empty.

    Raises:
        Misunderstood: `expect` is none.
        NotFound: there is no entry before the one to begin with.
    """
    noted: Seal | None = None
    if expect:
        number, _, digest = expect.partition(":")
        if not number.isdecimal() or len(digest) != 64:  # noqa: PLR2004 - a SHA-256 in hex
            raise Misunderstood("--expect takes the number and digest of an entry, as this command prints them.", advice="12:9f86d0…")
        noted = Seal(number=int(number), digest=digest.lower())
    async with open_store(settings) as store:
        return await verify(store, since=since, expect=noted)


async def access(settings: BotSettings, *, form: Literal["text", "json", "csv"]) -> str:
    """Who can do what and why, and when they last did, in every workspace."""
    async with open_store(settings) as store:
        found = [each for workspace in await store.workspaces() for each in await access_of(store, workspace, admins=_admins(settings))]
    if form == "json":
        return json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2, default=_moment) + "\n"
    if form == "csv":
        return rows_of(_COLUMNS, [_cells(each) for each in found])
    return "".join(_lines(found)) or "Nobody was met yet.\n"


def _admins(settings: BotSettings) -> frozenset[str]:
    return frozenset(settings.admins)


def _cells(access: Access) -> list[str]:
    said = asdict(access)
    said["roles"] = "; ".join(f"{role} ({why})" for role, why in access.roles.items())
    said["limits"] = "; ".join(access.limits)
    return [_moment(value) if (value := said[name]) is not None else "" for name in _COLUMNS]


def _lines(found: list[Access]) -> list[str]:
    lines: list[str] = []
    workspace = ""
    for each in found:
        if each.workspace != workspace:
            workspace = each.workspace
            lines.append(f"{workspace}\n")
        who = f"{each.subject}{f' ({each.name})' if each.name else ''}"
        roles = ", ".join(f"{role} by {why}" for role, why in each.roles.items()) or "no role"
        acted = f"last act {each.act} on {_moment(each.acted)}" if each.acted else "no act on record"
        drew = f"last drew {_moment(each.drew)}" if each.drew else "never drew"
        rest = "".join(f"; {limit}" for limit in each.limits)
        printable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in who)
        lines.append(f"    {printable}: {roles}{rest}; {acted}; {drew}\n")
    return lines


def _moment(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return isoformat(timespec="seconds") if isoformat else str(value)
