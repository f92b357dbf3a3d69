"""Entries: what pgqueuer keeps for us, and how our words are written in its."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

from pgqueuer.adapters.inmemory import InMemoryQueries
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel, QueueEntrypoint

Entries = Queries | InMemoryQueries


async def enqueue(entries: Entries, job_id: str, *, lane: str, due: timedelta, priority: int, once: str) -> None:
    """Add an entry, unless the same one waits or is at work."""
    await entries.enqueue(
        written(lane),
        job_id.encode(errors="surrogatepass"),
        priority=priority,
        execute_after=max(due, timedelta(0)),
        dedupe_key=json.dumps([lane, job_id, once]),
        on_conflict="skip",
    )


def builders() -> dict[str, Any]:
    """What `Queries` and `InMemoryQueries` are made with."""
    settings = queue_settings()
    return {
        "qbe": QueryBuilderEnvironment(settings),
        "qbq": QueryQueueBuilder(settings),
        "qbs": QuerySchedulerBuilder(settings),
    }


@cache
def queue_settings() -> DBSettings:
    """What the tables are called."""
    # Every name is said, because pgqueuer looks for what is left out in the environment (CHANNEL, FUNCTION, QUEUE_TABLE ...).
    return DBSettings(
        prefix="limner_",
        db_schema=None,
        channel=Channel("limner_queue"),
        function="limner_queue_changed",
        trigger="limner_queue_changed",
        queue_table="limner_queue",
        queue_table_log="limner_queue_log",
        queue_status_type="limner_queue_status",
        statistics_table="limner_queue_statistics",
        schedules_table="limner_queue_schedules",
        durability=Durability.durable,
        widen_id=True,
    )


def written(lane: str) -> QueueEntrypoint:
    """A lane as pgqueuer knows it."""
    # A lane is named after a file, which may hold what PostgreSQL's text cannot.
    return QueueEntrypoint(lane.encode("unicode_escape").decode("ascii"))


def read(payload: bytes | None) -> str:
    """The job id that an entry carries."""
    return (payload or b"").decode(errors="surrogatepass")
