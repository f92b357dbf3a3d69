"""The posts and marks of the journal: where a job's messages landed, and what people think of its images."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, Delete, Integer, Select, Update, bindparam, delete, distinct, func, select, update

from bot.model import Person, Post
from storage.journal.documents import micros, read_post, write_post
from storage.journal.part import Insert, Part, insert
from storage.schema import jobs, links, marks, posts

_CARD = "card"
"""The key of the post that shows the job's state."""


class Posts(Part):
    """What the journal says about messages and marks."""

    async def keep_post(self, job_id: str, key: str, post: Post, *, shown: int) -> None:
        """As the port says. StoreFault where there is no such job."""
        values = {
            "job": job_id,
            "key": key,
            "platform": post.place.platform,
            "workspace": post.place.workspace,
            "channel": post.place.channel,
            "post": post.id,
            "shown": shown,
            "kept": micros(self._now()),
            "document": write_post(post),
        }

        def work(connection: Connection) -> None:
            connection.execute(_keeping(connection.dialect.name), values)
            if key == _CARD:
                # Beside the job's version, so that cards which lag behind are found without looking at every job.
                connection.execute(_showing(), {"card_of": job_id, "shown": shown})

        await self._database.write(work)

    async def posts(self, job_id: str) -> Mapping[str, tuple[Post, int]]:
        """As the port says."""
        found = await self._database.read(lambda connection: connection.execute(_of_job(), {"job": job_id}).all())
        return {key: (read_post(document), shown) for key, document, shown in found}

    async def job_of(self, post: Post) -> str | None:
        """As the port says. The thread does not matter: platforms disagree on whether a thread's first message is in it."""
        place = post.place
        where = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel, "post": post.id}
        return await self._database.read(lambda connection: connection.execute(_at(), where).scalar_one_or_none())

    async def mark(self, job_id: str, index: int, person: Person, kind: str, *, on: bool) -> None:
        """As the port says. StoreFault where there is no such job."""
        here = {"job": job_id, "image": index, "person": person.key, "kind": kind}
        now = self._now()

        def work(connection: Connection) -> None:
            if on:
                connection.execute(_marking(connection.dialect.name), {**here, "made": micros(now)})
            else:
                connection.execute(_unmarking(), here)

        await self._database.write(work)

    async def marks(self, job_id: str) -> Mapping[str, int]:
        """As the port says. A person who marks two images of a job in one way is one person."""
        found = await self._database.read(lambda connection: connection.execute(_marked(), {"job": job_id}).all())
        return dict(found)

    async def marked(self, person: Person, kind: str, *, limit: int) -> list[tuple[str, int]]:
        """As the port says."""
        values = {"person": person.key, "kind": kind, "limit": limit}
        found = await self._database.read(lambda connection: connection.execute(_marked_by(), values).all())
        return [(job, image) for job, image in found]


@cache
def _keeping(dialect: str) -> Insert:
    keep = insert(dialect, posts)
    kept = {column.name: keep.excluded[column.name] for column in posts.c if not column.primary_key}
    return keep.on_conflict_do_update(index_elements=[posts.c.job, posts.c.key], set_=kept)


@cache
def _showing() -> Update:
    return update(jobs).where(jobs.c.id == bindparam("card_of"))


@cache
def _of_job() -> Select[str, str, int]:
    return select(posts.c.key, posts.c.document, posts.c.shown).where(posts.c.job == bindparam("job")).order_by(posts.c.key)


@cache
def _at() -> Select[str]:
    here = (posts.c[name] == bindparam(name) for name in ("platform", "workspace", "channel", "post"))
    return select(posts.c.job).where(*here).order_by(posts.c.kept.desc()).limit(1)


@cache
def _marking(dialect: str) -> Insert:
    return insert(dialect, marks).on_conflict_do_nothing()


@cache
def _unmarking() -> Delete:
    return delete(marks).where(*(column == bindparam(column.name) for column in marks.primary_key))


@cache
def _marked() -> Select[str, int]:
    people = func.count(distinct(marks.c.person))
    return select(marks.c.kind, people).where(marks.c.job == bindparam("job")).group_by(marks.c.kind).order_by(marks.c.kind)


@cache
def _marked_by() -> Select[str, int]:
    # What somebody keeps on one platform is kept on the other that they linked; kept on both, it is kept once.
    linked = select(links.c.account).where(links.c.person == bindparam("person")).scalar_subquery()
    people = select(bindparam("person", type_=marks.c.person.type)).union(select(links.c.person).where(links.c.account == linked))
    mine = select(marks.c.job, marks.c.image).where(marks.c.person.in_(people), marks.c.kind == bindparam("kind"))
    newest = mine.group_by(marks.c.job, marks.c.image).order_by(func.max(marks.c.made).desc(), marks.c.job, marks.c.image)
    return newest.limit(bindparam("limit", type_=Integer))
