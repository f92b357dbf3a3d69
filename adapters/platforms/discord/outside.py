"""Outside: places where the bot is no member, because a person brought it along; all it can say goes through what that person did.

Discord lets it speak there for 15 minutes and says no more than five times, so a card and a result are two messages, and everything else is
an edit. Shortly before the time is over, a card that still waits says where its images will come instead.
"""

import asyncio
import json
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field

import discord
import structlog

from adapters.platforms.discord.answers import LIFE, Reply, address
from adapters.platforms.discord.faults import DiscordFault
from adapters.platforms.discord.posts import DIRECT, Posts
from bot.errors import LimnerError
from bot.model import Message, Place, Post, Tone
from bot.plugins import Vault

log = structlog.get_logger()

_JOB, _POST = "outside:job:", "outside:post:"
_ARRIVAL = 10.0
"""Seconds to wait for the hub to say which interaction a job came of: its card may be faster than that."""
_LOOK = 0.5
"""Seconds between two looks into the vault meanwhile: another machine may have heard the interaction."""
_NOTICE = 90.0
"""Seconds before the end at which a card says so."""
_REMEMBERED = 1024
ON_ITS_WAY = Message(
    text="On its way. I am not a member here, so I can show it for 15 minutes; what takes longer comes to you directly.",
    body="On its way. I am not a member here, so I can show it for 15 minutes; what takes longer comes to you directly.",
)
_NOTICED = Message(
    text="This takes longer than the 15 minutes for which I can show anything here. The images come to you directly; /history lists them.",
    body="This takes longer than the 15 minutes for which I can show anything here. The images come to you directly; /history lists them.",
    tone=Tone.WARNING,
)
_ENDED = "I am not a member there, and Discord let me answer for 15 minutes only. Invite me to that server to see results there."


@dataclass(kw_only=True)
class _Way:
    """How a job's messages reach where it was asked for."""

    application: int
    token: str = field(repr=False)
    ends: float
    """Seconds since 1970."""
    posts: dict[str, str] = field(default_factory=dict[str, str])
    """Ids of messages by key."""

    def dump(self) -> bytes:
        return json.dumps({"application": self.application, "token": self.token, "ends": self.ends, "posts": self.posts}).encode()


class Outside:
    """Posts and edits where the bot's own token reaches nothing. Raises PlatformFault and nothing else."""

    def __init__(self, client: discord.Client, posts: Posts, vault: Vault, *, life: float = LIFE) -> None:
        self._client = client
        self._posts = posts
        self._vault = vault
        self._life = life
        self._ways: OrderedDict[str, _Way] = OrderedDict()
        self._jobs: OrderedDict[str, str] = OrderedDict()
        self._bound = asyncio.Condition()
        self._lock = asyncio.Lock()

    def holds(self, place: Place) -> bool:
        """Whether a place is one where the bot is no member."""
        if place.workspace == DIRECT:
            return not place.direct
        return place.workspace.isdecimal() and self._client.is_ready() and self._client.get_guild(int(place.workspace)) is None

    async def bind(self, job: str, reply: Reply) -> None:
        """A job came of an interaction: from now on its messages go through that."""
        interaction = reply.interaction
        way = _Way(application=interaction.application_id, token=interaction.token, ends=time.time() + self._life - reply.age)
        async with self._bound:
            self._ways[job] = way
            while len(self._ways) > _REMEMBERED:
                self._ways.popitem(last=False)
            self._bound.notify_all()
        await self._keep(job, way)

    async def watch(self, job: str) -> None:
        """Wait until the time is nearly over, and say so on the card, unless the result has come."""
        way = self._ways.get(job)
        if way is None:
            return
        await asyncio.sleep(max(0.0, way.ends - time.time() - min(_NOTICE, self._life / 4)))
        await self._learn(job, way)
        card, result = f"{job}:card", f"{job}:result"
        if card in way.posts and result not in way.posts and job in self._ways:
            try:
                await self._edit(way, way.posts[card], _NOTICED)
            except DiscordFault as fault:
                log.info("end of an interaction not told", code=fault.code)

    async def post(self, place: Place, message: Message, *, key: str) -> Post:
        """Post under a key: the same key gives the same post, after a restart too."""
        job = key.partition(":")[0]
        way = await self._way(job)
        async with self._lock:
            await self._learn(job, way)
            if key not in way.posts:
                parcel = await self._posts.parcel(message)
                route = address("POST", way.application, way.token)
                found = await self._posts.courier.call(route, parcel.payload, parcel.uploads, query={"wait": 1})
                way.posts[key] = str(found["id"])
                await self._keep(job, way)
                await self._note(_POST + way.posts[key], job.encode())
        self._jobs[way.posts[key]] = job
        while len(self._jobs) > _REMEMBERED:
            self._jobs.popitem(last=False)
        return Post(place=place, id=way.posts[key])

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content. Progress after the end is dropped; anything else is a lasting fault then."""
        job = self._jobs.get(post.id) or ((await self._read(_POST + post.id)) or b"").decode()
        if not job:
            raise DiscordFault(_ENDED, permanent=True)
        try:
            way = await self._way(job)
        except DiscordFault:
            if message.tone is Tone.WORKING:
                return
            raise
        await self._edit(way, post.id, message)

    async def sweep(self) -> None:
        """Forget whatever is over, after a restart."""
        try:
            for name in await self._vault.names(_JOB):
                way = _load(await self._vault.get(name))
                if way is None or way.ends < time.time():
                    for post in way.posts.values() if way else ():
                        await self._vault.delete(_POST + post)
                    await self._vault.delete(name)
        except LimnerError as error:
            log.info("old interactions not forgotten", error=type(error).__name__)

    async def _edit(self, way: _Way, post: str, message: Message) -> None:
        parcel = await self._posts.parcel(message)
        route = address("PATCH", way.application, way.token, f"/messages/{post}")
        await self._posts.courier.call(route, parcel.payload, parcel.uploads, repeatable=True)

    async def _way(self, job: str) -> _Way:
        way = self._ways.get(job) or await self._arrival(job)
        if way.ends <= time.time():
            raise DiscordFault(_ENDED, permanent=True)
        self._ways[job] = way
        return way

    async def _arrival(self, job: str) -> _Way:
        """How a job's messages get there, once whoever heard the interaction has bound it: here, or on another machine."""
        end = time.monotonic() + _ARRIVAL
        while (left := end - time.monotonic()) > 0:
            if (way := _load(await self._read(_JOB + job))) is not None:
                return way
            with suppress(TimeoutError):
                async with asyncio.timeout(min(_LOOK, left)), self._bound:
                    await self._bound.wait_for(lambda: job in self._ways)
                return self._ways[job]
        raise DiscordFault(_ENDED, permanent=True)

    async def _learn(self, job: str, way: _Way) -> None:
        """What another machine has posted of a job meanwhile."""
        kept = _load(await self._read(_JOB + job))
        way.posts |= kept.posts if kept else {}

    async def _keep(self, job: str, way: _Way) -> None:
        await self._note(_JOB + job, way.dump())

    async def _note(self, name: str, value: bytes) -> None:
        try:
            await self._vault.put(name, value)
        except LimnerError as error:
            # It works as long as this process lives.
            log.warning("interaction not kept", error=type(error).__name__)

    async def _read(self, name: str) -> bytes | None:
        try:
            return await self._vault.get(name)
        except LimnerError as error:
            log.warning("interaction not read", error=type(error).__name__)
            return None


def _load(value: bytes | None) -> _Way | None:
    try:
        return None if value is None else _Way(**json.loads(value))
    except (ValueError, TypeError):
        return None
