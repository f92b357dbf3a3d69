"""The journal's socket for posts and marks."""

from collections.abc import Mapping
from typing import Protocol

from bot.model import Person, Post


class PostStore(Protocol):
    """What the journal says about messages, and about what people think of images."""

    async def keep_post(self, job_id: str, key: str, post: Post, *, shown: int) -> None:
        """Remember where a job's message (`card`, `result`) landed and which version of the job it shows. May be repeated."""
        ...

    async def posts(self, job_id: str) -> Mapping[str, tuple[Post, int]]:
        """A job's posts by key, each with the version shown."""
        ...

    async def job_of(self, post: Post) -> str | None:
        """The id of the job that a post belongs to."""
        ...

    async def mark(self, job_id: str, index: int, person: Person, kind: str, *, on: bool) -> None:
        """Set or take back a person's mark on an image: `keep`, `up`, `down`, `report`. May be repeated."""
        ...

    async def marks(self, job_id: str) -> Mapping[str, int]:
        """How many people set each kind of mark on a job's images."""
        ...

    async def marked(self, person: Person, kind: str, *, limit: int) -> list[tuple[str, int]]:
        """Job id and image (0 for all of the job's) that a person marked in a way, newest mark first."""
        ...
