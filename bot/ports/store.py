"""The journal: the truth about jobs, people, rules and everything that was decided."""

from typing import Protocol

from bot.ports.audit import AuditStore
from bot.ports.cases import CaseStore
from bot.ports.jobs import JobStore
from bot.ports.people import PeopleStore
from bot.ports.posts import PostStore
from bot.ports.records import RecordStore
from bot.ports.rules import RuleStore


class Store(JobStore, PostStore, PeopleStore, RuleStore, AuditStore, CaseStore, RecordStore, Protocol):
    """The journal. One transaction a method; StoreFault when it cannot."""

    async def ping(self) -> None:
        """Raise StoreFault when the journal cannot be read."""
        ...
