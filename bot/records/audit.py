"""The audit as people use it: searched, exported, verified."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from bot.decisions import Decisions
from bot.errors import NotFound
from bot.model import Asker, Breach, Document, Entry, Inquiry, Seal, Walk
from bot.ports import Files, Store

_BATCH = 1000
_MOST = 50_000
"""Entries in one export from chat: 10 to 20 MB."""
_COLUMNS = ("number", "at", "act", "who", "about", "platform", "workspace", "channel", "job", "trace", "before", "after", "facts", "digest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


class Audit:
    """Who did what, of one workspace at a time."""

    def __init__(self, store: Store, *, files: Files, decisions: Decisions) -> None:
        self._store = store
        self._files = files
        self._decisions = decisions

    async def page(self, asker: Asker, inquiry: Inquiry, *, limit: int) -> list[Entry]:
        """Entries of the asker's workspace that answer an inquiry, newest first."""
        return await self._store.entries(_here(asker, inquiry), limit=limit)

    async def export(self, asker: Asker, inquiry: Inquiry, *, form: str) -> tuple[Document, int]:
        """A file with the newest entries that answer an inquiry, and how many they are. It is on record itself."""
        found: list[Entry] = []
        inquiry = _here(asker, inquiry)
        while len(found) < _MOST:
            batch = await self._store.entries(inquiry, limit=_BATCH)
            found += batch
            if len(batch) < _BATCH:
                break
            inquiry = replace(inquiry, before=batch[-1].number)
        body = (table_of(found) if form == "csv" else lines_of(found)).encode()
        key = await self._files.put(body, kind="exports", media_type=_MEDIA_TYPES[form])
        await self._decisions.note(asker, "export.audit", facts={"entries": str(len(found)), "format": form})
        return Document(key=key, name=f"audit.{form}", title="The audit", media_type=_MEDIA_TYPES[form]), len(found)


def table_of(entries: Iterable[Entry], *, heading: bool = True) -> str:
    """Entries as CSV. What a spreadsheet would take for a formula has an apostrophe before it."""
    return rows_of(_COLUMNS if heading else (), [_cells(entry) for entry in entries])


def rows_of(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Rows of texts as CSV, as RFC 4180 has it. What a spreadsheet would take for a formula has an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)
    names = tuple(heading)
    for row in ([names] if names else []) + [tuple(row) for row in rows]:
        writer.writerow([f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell for cell in row])
    return written.getvalue()


def lines_of(entries: Iterable[Entry]) -> str:
    """Entries as JSON lines."""
    return "".join(json.dumps(_said(entry), ensure_ascii=False) + "\n" for entry in entries)


async def verify(store: Store, *, since: int = 1, expect: Seal | None = None) -> Walk:
    """Walk the chain from an entry on, and look for one that somebody noted elsewhere.

    Raises:
        NotFound: there is no entry before the one to begin with.
    """
    seal: Seal | None = None
    if since > 1:
        before = await store.entry(since - 1)
        seal = Seal(number=before.number, digest=before.digest)
    count = 0
    while True:
        walk = await store.walk(seal)
        count += walk.count
        seal = walk.seal or seal
        if walk.breach is not None or not walk.count:
            walk = replace(walk, seal=seal, count=count)
            break
    if walk.breach is None and expect is not None:
        walk = replace(walk, breach=await _unexpected(store, expect, seal))
    return walk


async def _unexpected(store: Store, expect: Seal, last: Seal | None) -> Breach | None:
    """What is wrong with an entry that somebody noted."""
    if last is None or last.number < expect.number:
        end = last.number if last else 0
        return Breach(number=end + 1, why=f"The end was cut off: entry {expect.number} was noted, and the last one there is is {end}.")
    try:
        found = (await store.entry(expect.number)).digest
    except NotFound:
        return Breach(number=expect.number, why=f"Entry {expect.number} was removed by retention, as is on record; note a newer one.")
    if found != expect.digest:
        return Breach(
            number=expect.number,
            why=f"Entry {expect.number} is not the one that was noted: the chain was written anew, from there or before.",
        )
    return None


def _here(asker: Asker, inquiry: Inquiry) -> Inquiry:
    return replace(inquiry, workspace=f"{asker.place.platform}:{asker.place.workspace}")


def _said(entry: Entry) -> Mapping[str, object]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def _cells(entry: Entry) -> list[str]:
    said = _said(entry)
    return [json.dumps(value, ensure_ascii=False) if isinstance(value := said[name], dict) else str(value) for name in _COLUMNS]
