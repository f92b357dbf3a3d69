"""The posts and marks of the journal: where a job's messages landed, and what people think of its images."""

from collections.abc import Mapping

from sqlalchemy import Connection, Select, delete, distinct, func, select, update

from bot.model import Person, Post
from storage.journal.documents import micros, read_post, write_post
from storage.journal.part import Part, insert
from storage.schema import jobs, marks, posts

_CARD = "card"
"""The key of the post that shows the job's state."""


class Posts(Part):
    """What the journal says about messages and marks."""

    async def keep_post(self, job_id: str, key: str, post: Post, *, shown: int) -> None:
        """As the port says. StoreFault where there is no such job."""
        values = {
            "platform": post.place.platform,
            "workspace": post.place.workspace,
            "channel": post.place.channel,
            "post": post.id,
            "shown": shown,
            "kept": micros(self._now()),
            "document": write_post(post),
        }

        def work(connection: Connection) -> None:
            keep = insert(connection, posts).values(job=job_id, key=key, **values)
            connection.execute(keep.on_conflict_do_update(index_elements=[posts.c.job, posts.c.key], set_=values))
            if key == _CARD:
                # Beside the job's version, so that cards which lag behind are found without looking at every job.
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(shown=shown))

        await self._database.write(work)

    async def posts(self, job_id: str) -> Mapping[str, tuple[Post, int]]:
        """As the port says."""
        query = select(posts.c.key, posts.c.document, posts.c.shown).where(posts.c.job == job_id).order_by(posts.c.key)
        found = await self._database.read(lambda connection: connection.execute(query).all())
        return {key: (read_post(document), shown) for key, document, shown in found}

    async def job_of(self, post: Post) -> str | None:
        """As the port says. The thread does not matter: platforms disagree on whether a thread's first message is in it."""
        place = post.place
        query = (
            select(posts.c.job)
            .where(
                posts.c.platform == place.platform,
                posts.c.workspace == place.workspace,
                posts.c.channel == place.channel,
                posts.c.post == post.id,
            )
            .order_by(posts.c.kept.desc())
            .limit(1)
        )
        return await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())

    async def mark(self, job_id: str, index: int, person: Person, kind: str, *, on: bool) -> None:
        """As the port says. StoreFault where there is no such job."""
        now = self._now()

        def work(connection: Connection) -> None:
            if on:
                values = {"job": job_id, "image": index, "person": person.key, "kind": kind, "made": micros(now)}
                connection.execute(insert(connection, marks).values(values).on_conflict_do_nothing())
            else:
                here = (marks.c.job == job_id, marks.c.image == index, marks.c.person == person.key, marks.c.kind == kind)
                connection.execute(delete(marks).where(*here))

        await self._database.write(work)

    async def marks(self, job_id: str) -> Mapping[str, int]:
        """As the port says. A person who marks two images of a job in one way is one person."""
        people = func.count(distinct(marks.c.person))
        query: Select[str, int] = select(marks.c.kind, people).where(marks.c.job == job_id).group_by(marks.c.kind).order_by(marks.c.kind)
        found = await self._database.read(lambda connection: connection.execute(query).all())
        return dict(found)
