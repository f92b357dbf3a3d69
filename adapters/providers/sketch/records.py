"""The records: what the vendor keeps on disk, so that a ticket outlives the process and every accepted submission can be counted.

`ledger` holds one line of JSON for each submission that was accepted (key, ticket, images, time), and never a prompt. `jobs/<ticket>/`
holds an open job's request and pictures until they are a day old.
"""

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.model import Inputs, Operation, Request

_KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A submission as it was taken."""

    ticket: str
    request: Request
    inputs: Inputs
    taken: datetime
    moods: frozenset[str] = frozenset()


class Records:
    """The vendor's folder. Every method reads or writes files and is meant for a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, now: datetime) -> None:
        """Make the folder; forget jobs that are older than a day."""
        jobs = self._folder / "jobs"
        jobs.mkdir(parents=True, exist_ok=True)
        for job in jobs.iterdir():
            if now.timestamp() - job.stat().st_mtime > _KEPT.total_seconds():
                shutil.rmtree(job, ignore_errors=True)

    def take(self, key: str, request: Request, inputs: Inputs, *, moods: frozenset[str], now: datetime) -> Order:
        """Accept a submission: on disk before it is in the ledger, in the ledger once. The same key gives the same order again."""
        ticket = hashlib.sha256(key.encode()).hexdigest()[:24]
        known = self.find(ticket)
        if known is not None:
            return known
        order = Order(ticket=ticket, request=request, inputs=inputs, taken=now, moods=moods)
        with tempfile.TemporaryDirectory(dir=self._folder) as made:
            draft = Path(made) / ticket
            draft.mkdir()
            for i, source in enumerate(inputs.sources):
                (draft / f"source{i}").write_bytes(source)
            if inputs.mask is not None:
                (draft / "mask").write_bytes(inputs.mask)
            facts = {
                "key": key,
                "request": _plain(request),
                "sources": len(inputs.sources),
                "taken": now.isoformat(),
                "moods": sorted(moods),
            }
            (draft / "order.json").write_text(json.dumps(facts), encoding="utf-8")
            try:
                # The rename is the moment of acceptance: before it nothing is taken, after it everything is there.
                draft.rename(self._folder / "jobs" / ticket)
            except OSError:
                raced = self.find(ticket)
                if raced is None:
                    raise
                return raced
        self._enter({"key": key, "ticket": ticket, "images": request.count, "taken": now.isoformat()})
        return order

    def find(self, ticket: str) -> Order | None:
        """An order by its ticket, or None."""
        folder = self._folder / "jobs" / ticket
        if not ticket.isalnum() or not (folder / "order.json").is_file():
            return None
        facts: dict[str, Any] = json.loads((folder / "order.json").read_text(encoding="utf-8"))
        mask = folder / "mask"
        return Order(
            ticket=ticket,
            request=_request(facts["request"]),
            inputs=Inputs(
                sources=tuple((folder / f"source{i}").read_bytes() for i in range(facts["sources"])),
                mask=mask.read_bytes() if mask.is_file() else None,
            ),
            taken=datetime.fromisoformat(facts["taken"]),
            moods=frozenset(facts["moods"]),
        )

    def drop(self, ticket: str) -> None:
        """Forget an order. What is gone already is no error."""
        if ticket.isalnum():
            shutil.rmtree(self._folder / "jobs" / ticket, ignore_errors=True)

    def _enter(self, line: dict[str, object]) -> None:
        # One write of less than a page, appended: whole or not at all, whoever else writes and whenever the process dies.
        file = os.open(self._folder / "ledger", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, (json.dumps(line) + "\n").encode())
        finally:
            os.close(file)


def _plain(request: Request) -> dict[str, Any]:
    return {name: value for name, value in asdict(request).items() if value not in (None, "", (), {})}


def _request(facts: dict[str, Any]) -> Request:
    values: dict[str, Any] = {name: facts[name] for name in (field.name for field in fields(Request)) if name in facts}
    for name in {"size", "sources"} & set(values):
        values[name] = tuple(values[name])
    values["operation"] = Operation(values["operation"])
    return Request(**values)
