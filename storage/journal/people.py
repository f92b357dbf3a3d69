"""The people and rules of the journal: who was seen, what admins decided, which events were taken."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, case, or_, select
from sqlalchemy import insert as plain_insert

from bot.model import Person, Role, Rule, RuleKind, Window
from storage.journal.documents import micros
from storage.journal.part import Insert, Part, insert, take_event
from storage.schema import people, rules

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class People(Part):
    """What the journal says about people, rules and events."""

    async def meet(self, person: Person) -> None:
        """As the port says. A name or time zone that a platform leaves out this time stays as it was."""
        values = {
            "platform": person.platform,
            "workspace": person.workspace,
            "id": person.id,
            "name": person.name,
            "folded": person.name.casefold(),
            "roles": ",".join(sorted(person.roles)),
            "zone": person.zone,
            "seen": micros(self._now()),
        }
        await self._database.write(lambda connection: connection.execute(_meeting(connection.dialect.name), values) and None)

    async def person(self, platform: str, workspace: str, id_or_name: str) -> Person | None:
        """As the port says. Names are compared without regard to case."""
        folded = id_or_name.casefold()
        query = (
            select(people)
            .where(people.c.platform == platform, people.c.workspace == workspace)
            .where(or_(people.c.id == id_or_name, people.c.folded == folded))
            .order_by(people.c.id != id_or_name)
            .limit(2)
        )
        guests = select(people).where(people.c.platform == platform, people.c.id == id_or_name).limit(2)
        if not folded:
            return None
        found = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        for row in found:
            if row["id"] == id_or_name or len(found) == 1:
                return _person(row)
        # Somebody of another workspace, met in a channel that both share.
        found = await self._database.read(lambda connection: connection.execute(guests).mappings().all())
        return _person(found[0]) if len(found) == 1 else None

    async def decide(self, rule: Rule) -> None:
        """As the port says."""
        values = {
            "kind": rule.kind.value,
            "subject": rule.subject,
            "window": rule.window.value if rule.window else None,
            "amount": rule.amount,
            "by": rule.by,
            "created": micros(rule.created),
        }
        await self._database.write(lambda connection: connection.execute(plain_insert(rules).values(values)) and None)

    async def rules(self, subjects: Sequence[str]) -> list[Rule]:
        """As the port says."""
        about = {"subjects": list(subjects)}
        found = await self._database.read(lambda connection: connection.execute(_ruling(), about).mappings().all())
        return [
            Rule(
                kind=RuleKind(row["kind"]),
                subject=row["subject"],
                window=Window(row["window"]) if row["window"] else None,
                amount=row["amount"],
                by=row["by"],
                created=_EPOCH + timedelta(microseconds=row["created"]),
            )
            for row in found
        ]

    async def take(self, event: str) -> bool:
        """As the port says."""
        return await self._database.write(lambda connection: take_event(connection, event, self._now()))


@cache
def _meeting(dialect: str) -> Insert:
    meet = insert(dialect, people)
    kept = {
        column.name: case((meet.excluded[column.name] == "", column), else_=meet.excluded[column.name])
        if column.name in {"name", "folded", "zone"}
        else meet.excluded[column.name]
        for column in people.c
        if not column.primary_key
    }
    return meet.on_conflict_do_update(index_elements=[people.c.platform, people.c.workspace, people.c.id], set_=kept)


@cache
def _ruling() -> Select[Any]:
    about = rules.c.subject.in_(bindparam("subjects", expanding=True))
    return select(rules).where(about).order_by(rules.c.created.desc(), rules.c.id.desc())


def _person(row: RowMapping) -> Person:
    # A role that a newer Limner gave is no role here.
    roles = frozenset(Role(role) for role in str(row["roles"]).split(",") if role in set(Role))
    return Person(platform=row["platform"], workspace=row["workspace"], id=row["id"], name=row["name"], roles=roles, zone=row["zone"])
