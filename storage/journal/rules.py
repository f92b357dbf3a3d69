"""The rules of the journal: what admins decided, as it stands; each change with its entry in the audit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, RowMapping, Select, bindparam, delete, or_, select

from bot.errors import Overtaken
from bot.model import Entry, Rule, RuleKind
from storage.journal.audit import append
from storage.journal.documents import micros, micros_or_none
from storage.journal.part import Insert, Part, insert, lock
from storage.schema import rules

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rules(Part):
    """What the journal says about rules."""

    async def decide(self, rules: Sequence[Rule], *, entry: Entry, expected: Sequence[Rule] | None = None) -> Entry:
        """As the port says."""

        def work(connection: Connection) -> Entry:
            lock(connection, [f"rules {rule.subject}" for rule in rules])
            before = {rule.key: _standing(connection, rule, entry.at) for rule in rules}
            for rule in expected or ():
                found = before.get(rule.key) or _standing(connection, rule, entry.at)
                if (found.value, found.until) != (rule.value, rule.until) if found else rule.value:
                    raise Overtaken(f"The rule {_name(rule)} stands otherwise by now.")
            for rule in rules:
                if rule.value:
                    connection.execute(_keeping(connection.dialect.name), _row(rule))
                else:
                    connection.execute(_forgetting(), {"of_kind": rule.kind.value, "of_subject": rule.subject, "of_slot": rule.slot})
            return append(connection, _told(entry, rules, before))

        return await self._database.write(work)

    async def rules(self, subjects: Sequence[str], kinds: Sequence[RuleKind] = ()) -> list[Rule]:
        """As the port says."""
        # By kind as well, which is what the primary key begins with: a workspace may have a thousand terms.
        wanted = [kind.value for kind in kinds or RuleKind]
        about = {"kinds": wanted, "subjects": list(subjects), "now": micros(self._now())}
        found = await self._database.read(lambda connection: connection.execute(_about(), about).mappings().all())
        return [_rule(row) for row in found]

    async def rules_about(self, platform: str, id_: str, kinds: Sequence[RuleKind]) -> list[Rule]:
        """As the port says. Asked where there is no workspace to ask in; of these kinds there are few, which the primary key finds."""
        query = select(rules).where(
            rules.c.kind.in_([kind.value for kind in kinds]),
            rules.c.subject.startswith(f"person:{platform}:", autoescape=True),
            rules.c.subject.endswith(f":{id_}", autoescape=True),
        )
        now = {"now": micros(self._now())}
        found = await self._database.read(lambda connection: connection.execute(_newest(query), now).mappings().all())
        return [_rule(row) for row in found]

    async def rules_of(self, workspace: str, kinds: Sequence[RuleKind] = ()) -> list[Rule]:
        """As the port says."""
        about = {"of": workspace, "now": micros(self._now())}
        found = await self._database.read(lambda connection: connection.execute(_within(), about).mappings().all())
        return [rule for rule in map(_rule, found) if not kinds or rule.kind in kinds]

    async def ruled(self, kind: RuleKind) -> list[str]:
        """As the port says."""
        about = {"kind": kind.value, "now": micros(self._now())}
        return list(await self._database.read(lambda connection: connection.execute(_ruled(), about).scalars().all()))


def _told(entry: Entry, rules: Sequence[Rule], before: Mapping[tuple[RuleKind, str, str], Rule | None]) -> Entry:
    """The entry with what stood and what stands now."""
    return Entry(
        act=entry.act,
        who=entry.who,
        about=entry.about,
        platform=entry.platform,
        workspace=entry.workspace,
        channel=entry.channel,
        before={_name(rule): _value(before[rule.key]) for rule in rules},
        after={_name(rule): _value(rule) for rule in rules},
        facts=entry.facts,
        job=entry.job,
        trace=entry.trace,
        at=entry.at,
    )


def _name(rule: Rule) -> str:
    return f"{rule.kind.value} {rule.subject} {rule.slot}"


def _value(rule: Rule | None) -> str:
    return "" if rule is None else rule.said


def _standing(connection: Connection, rule: Rule, now: datetime) -> Rule | None:
    row = (
        connection.execute(_one(), {"of_kind": rule.kind.value, "of_subject": rule.subject, "of_slot": rule.slot}).mappings().one_or_none()
    )
    found = _rule(row) if row else None
    return None if found is None or (found.until and found.until <= now) else found


def _row(rule: Rule) -> dict[str, Any]:
    # `person:slack:T1:U1` and `workspace:slack:T1` alike belong to `slack:T1`.
    _, platform, workspace, *_ = (*rule.subject.split(":", 3), "", "")
    return {
        "kind": rule.kind.value,
        "subject": rule.subject,
        "slot": rule.slot,
        "value": rule.value,
        "by": rule.by,
        "created": micros(rule.created),
        "until": micros_or_none(rule.until),
        "workspace": f"{platform}:{workspace}",
    }


def _rule(row: RowMapping) -> Rule:
    return Rule(
        kind=RuleKind(row["kind"]),
        subject=row["subject"],
        slot=row["slot"],
        value=row["value"],
        by=row["by"],
        created=_moment(row["created"]),
        until=None if row["until"] is None else _moment(row["until"]),
    )


def _moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


@cache
def _about() -> Select[Any]:
    among = (rules.c.kind.in_(bindparam("kinds", expanding=True)), rules.c.subject.in_(bindparam("subjects", expanding=True)))
    return _newest(select(rules).where(*among))


@cache
def _within() -> Select[Any]:
    known = select(rules).where(rules.c.workspace == bindparam("of"), or_(rules.c.until.is_(None), rules.c.until > bindparam("now")))
    return known.order_by(rules.c.kind, rules.c.subject, rules.c.slot)


def _newest(query: Select[Any]) -> Select[Any]:
    standing = query.where(or_(rules.c.until.is_(None), rules.c.until > bindparam("now")))
    return standing.order_by(rules.c.created.desc(), rules.c.kind, rules.c.subject, rules.c.slot)


@cache
def _ruled() -> Select[str]:
    standing = or_(rules.c.until.is_(None), rules.c.until > bindparam("now"))
    return select(rules.c.workspace).where(rules.c.kind == bindparam("kind"), standing).distinct().order_by(rules.c.workspace)


@cache
def _one() -> Select[Any]:
    return select(rules).where(*_key())


@cache
def _keeping(dialect: str) -> Insert:
    keep = insert(dialect, rules)
    kept = {column.name: keep.excluded[column.name] for column in rules.c if not column.primary_key}
    return keep.on_conflict_do_update(index_elements=[rules.c.kind, rules.c.subject, rules.c.slot], set_=kept)


@cache
def _forgetting() -> Delete:
    return delete(rules).where(*_key())


def _key() -> tuple[Any, ...]:
    return rules.c.kind == bindparam("of_kind"), rules.c.subject == bindparam("of_subject"), rules.c.slot == bindparam("of_slot")
