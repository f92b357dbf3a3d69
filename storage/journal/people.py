"""The people of the journal: who was seen, who is one with whom, which events were taken."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Delete, RowMapping, Select, Update, bindparam, case, delete, or_, select, update
from sqlalchemy import insert as plain_insert

from bot.model import LIMNER, NOWHERE, Account, Entry, Person, Role, subject_of_person
from storage.journal.audit import append
from storage.journal.documents import micros, read_person, write_person
from storage.journal.part import Insert, Part, insert, lock, take_event
from storage.schema import codes, jobs, links, people


class People(Part):
    """What the journal says about people and events."""

    async def meet(self, person: Person) -> None:
        """As the port says. A name or time zone that a platform leaves out this time stays as it was.

        Somebody in conversations that belong to no workspace is the same human as the member with that id: one account, one quota.
        """
        values = {
            "platform": person.platform,
            "workspace": person.workspace,
            "id": person.id,
            "name": person.name,
            "folded": person.name.casefold(),
            "roles": ",".join(sorted(person.roles)),
            "zone": person.zone,
            "groups": " ".join(sorted(person.groups)),
            "seen": micros(self._now()),
        }

        def work(connection: Connection) -> None:
            connection.execute(_meeting(connection.dialect.name), values)
            self._know_again(connection, person)

        await self._database.write(work)

    def _know_again(self, connection: Connection, person: Person) -> None:
        same = {"of_platform": person.platform, "of_id": person.id}
        where = [workspace for (workspace,) in connection.execute(_elsewhere(), same)]
        if NOWHERE not in where or len(where) == 1:
            return
        outside = replace(person, workspace=NOWHERE)
        member = replace(person, workspace=next(each for each in where if each != NOWHERE))
        lock(connection, ["links"])
        stays, goes = account_of(connection, member.key), account_of(connection, outside.key)
        if len(goes.people) > 1 or stays.key == goes.key:
            return
        lock(connection, [stays.key, goes.key])
        self._join(connection, stays, goes)
        facts = {"with": subject_of_person(outside)}
        append(connection, Entry(act="link.same", who=LIMNER, about=subject_of_person(member), facts=facts, at=self._now()))

    def _join(self, connection: Connection, stays: Account, goes: Account) -> None:
        made = micros(self._now())
        for number, key in enumerate((*stays.people, *goes.people)):
            connection.execute(_linking(connection.dialect.name), {"person": key, "account": stays.key, "made": made + number})
        connection.execute(_recounting(), {"of": goes.key, "now_of": stays.key})

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
                return person_of(row)
        # Somebody of another workspace, met in a channel that both share.
        found = await self._database.read(lambda connection: connection.execute(guests).mappings().all())
        return person_of(found[0]) if len(found) == 1 else None

    async def account(self, person: Person) -> Account:
        """As the port says. Asked for all that anybody does, so it is one statement, which waits for no writer."""
        found = await self._database.read(lambda connection: connection.execute(_together(), {"of": person.key}).all())
        return (
            Account(key=found[0].account, people=tuple(row.person for row in found))
            if found
            else Account(key=person.key, people=(person.key,))
        )

    async def link(self, person: Person, other: Person, *, entry: Entry) -> Account:
        """As the port says."""

        def work(connection: Connection) -> Account:
            lock(connection, ["links"])
            one, two = account_of(connection, person.key), account_of(connection, other.key)
            if one.key == two.key:
                return one
            lock(connection, [one.key, two.key])
            # The account that was linked before stays; of two new ones, the person who offered the code.
            stays, goes = (one, two) if len(one.people) >= len(two.people) else (two, one)
            self._join(connection, stays, goes)
            append(connection, entry)
            return account_of(connection, person.key)

        return await self._database.write(work)

    async def unlink(self, person: Person, *, entry: Entry) -> bool:
        """As the port says."""

        def work(connection: Connection) -> bool:
            lock(connection, ["links"])
            account = account_of(connection, person.key)
            others = [key for key in account.people if key != person.key]
            if not others:
                return False
            lock(connection, account.people)
            # The account keeps its key, unless that is the name of the one who leaves.
            key_of_rest = account.key if account.key in others else others[0]
            leaving = [person.key, *(others if len(others) == 1 else ())]
            for key in leaving:
                connection.execute(_unlinking(), {"of": key})
            # Who leaves takes their own jobs along.
            for key in account.people:
                connection.execute(_returning(), {"of": key, "now_of": key if key in leaving else key_of_rest})
            for key in others if len(others) > 1 else ():
                values = {"person": key, "account": key_of_rest, "made": micros(self._now())}
                connection.execute(_linking(connection.dialect.name), values)
            append(connection, entry)
            return True

        return await self._database.write(work)

    async def keep_code(self, digest: str, person: Person, *, until: datetime) -> None:
        """As the port says."""
        values = {"digest": digest, "person": person.key, "until": micros(until), "document": write_person(person)}

        def work(connection: Connection) -> None:
            connection.execute(_dropping(), {"of": person.key, "now": micros(self._now())})
            connection.execute(plain_insert(codes), values)

        await self._database.write(work)

    async def use_code(self, digest: str) -> Person | None:
        """As the port says."""

        def work(connection: Connection) -> Person | None:
            lock(connection, [f"code {digest}"])
            found = connection.execute(_coded(), {"of": digest, "now": micros(self._now())}).scalar_one_or_none()
            if found is None:
                return None
            connection.execute(_using(), {"of": digest})
            return read_person(found)

        return await self._database.write(work)

    async def take(self, event: str) -> bool:
        """As the port says."""
        return await self._database.write(lambda connection: take_event(connection, event, self._now()))


@cache
def _elsewhere() -> Select[str]:
    """The workspaces in which somebody with this id was met, the latest first."""
    same = (people.c.platform == bindparam("of_platform"), people.c.id == bindparam("of_id"))
    return select(people.c.workspace).where(*same).order_by(people.c.seen.desc(), people.c.workspace)


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


def account_of(connection: Connection, person: str) -> Account:
    """The account of a person's key."""
    key = key_of(connection, person)
    return Account(key=key, people=tuple(connection.execute(_members(), {"of": key}).scalars()) or (person,))


def key_of(connection: Connection, person: str) -> str:
    """The key of the account of a person's key."""
    return connection.execute(_linked(), {"of": person}).scalar_one_or_none() or person


@cache
def _together() -> Select[str, str]:
    key = select(links.c.account).where(links.c.person == bindparam("of")).scalar_subquery()
    return select(links.c.account, links.c.person).where(links.c.account == key).order_by(links.c.made, links.c.person)


@cache
def _linked() -> Select[str]:
    return select(links.c.account).where(links.c.person == bindparam("of"))


@cache
def _members() -> Select[str]:
    return select(links.c.person).where(links.c.account == bindparam("of")).order_by(links.c.made, links.c.person)


@cache
def _linking(dialect: str) -> Insert:
    link = insert(dialect, links)
    return link.on_conflict_do_update(index_elements=[links.c.person], set_={"account": link.excluded.account})


@cache
def _unlinking() -> Delete:
    return delete(links).where(links.c.person == bindparam("of"))


@cache
def _recounting() -> Update:
    return update(jobs).where(jobs.c.account == bindparam("of")).values(account=bindparam("now_of"))


@cache
def _returning() -> Update:
    return update(jobs).where(jobs.c.person == bindparam("of")).values(account=bindparam("now_of"))


@cache
def _dropping() -> Delete:
    return delete(codes).where(or_(codes.c.person == bindparam("of"), codes.c.until <= bindparam("now")))


@cache
def _coded() -> Select[str]:
    return select(codes.c.document).where(codes.c.digest == bindparam("of"), codes.c.until > bindparam("now"))


@cache
def _using() -> Delete:
    return delete(codes).where(codes.c.digest == bindparam("of"))


def person_of(row: RowMapping) -> Person:
    """A person as last seen."""
    # A role that a newer Limner gave is no role here.
    roles = frozenset(Role(role) for role in str(row["roles"]).split(",") if role in set(Role))
    groups = frozenset(str(row["groups"]).split())
    who = {name: row[name] for name in ("platform", "workspace", "id", "name", "zone")}
    return Person(**who, roles=roles, groups=groups)
