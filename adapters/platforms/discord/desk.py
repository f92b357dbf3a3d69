"""The desk: takes what happens, once each, and does it in the platform's own task group.

Acknowledgements are sent at once, however much is going on; only so many questions are with the hub at a time. An event that Discord
delivers twice is taken once here, and by its key once in the journal, whatever process it reaches. Interactions are the clerk's; messages
and reactions are answered here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from typing import Any

import discord
import structlog

from adapters.platforms.discord import inbound, sentences
from adapters.platforms.discord.answers import TooLate, Whispers
from adapters.platforms.discord.clerk import Clerk, draws, missing
from adapters.platforms.discord.faults import NO_DIRECT_MESSAGES, DiscordFault
from adapters.platforms.discord.inbound import Reader
from adapters.platforms.discord.outside import Outside
from adapters.platforms.discord.posts import Posts
from bot.errors import PlatformFault
from bot.model import Answer, CommandSpec, Invocation, Message, Origin, Tone
from bot.ports import Hub

log = structlog.get_logger()

_AT_ONCE = 64
"""Questions with the hub."""
_TAKEN = 3000
"""Events under way; what comes above that is asked to come again."""
_REMEMBERED = 8192


class Desk:
    """The ears of one connection (see `client.Ears`)."""

    def __init__(
        self,
        client: discord.Client,
        posts: Posts,
        outside: Outside,
        whispers: Whispers,
        *,
        reader: Reader,
        menu: Sequence[CommandSpec],
        hub: Hub,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._client = client
        self._posts = posts
        self._whispers = whispers
        self._reader = reader
        self._hub = hub
        self._tasks = tasks
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()
        self._watching: set[asyncio.Task[None]] = set()
        self._clerk = Clerk(
            posts, outside, whispers, reader=reader, menu=menu, hub=hub, ask=self._answer, start=tasks.create_task, watch=self._watch
        )

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    # What is heard.

    def interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody used a command, a button, a form, or types into an option."""
        if self._is_new(inbound.event_of(interaction)):
            self._start(self._clerk.take(interaction, busy=len(self._running) > _TAKEN))

    def message(self, message: discord.Message) -> None:
        """Somebody wrote something; most of it is not meant for us."""
        invocation = inbound.mention(message, self._me, self._reader)
        if invocation and self._is_new(invocation.event):
            self._start(self._mentioned(invocation, message))

    def reaction(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody set a reaction, perhaps on a message of ours."""
        if inbound.is_asking(payload, self._me):
            self._start(self._reacted(payload))

    async def finish(self, within: float) -> None:
        """Give what is under way so many seconds to end; then it is ended."""
        for task in self._watching:
            task.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=within)
            for task in late:
                task.cancel()
            if late:
                log.warning("events not finished", events=len(late))

    def _is_new(self, event: str) -> bool:
        if event in self._seen:
            return False
        self._seen[event] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._tasks.create_task(self._guarded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._tasks.create_task(self._guarded(work))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except TooLate as late:
            log.info("answered too late", reason=str(late))
        except PlatformFault as fault:
            log.warning("answer not shown", reason=fault.sentence)
        except Exception as error:
            log.exception("event lost", error=type(error).__name__)

    # Messages and reactions.

    async def _mentioned(self, invocation: Invocation, message: discord.Message) -> None:
        channel = message.channel
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and message.guild and draws(invocation.line):
            rights = inbound.rights_of(message.guild.me, channel)
            lacking = missing(rights, invocation.place) if rights else []
            if lacking:
                await self._posts.whisper(invocation.person, invocation.place, sentences.lacks(lacking))
                return
        await self._tell(invocation, await self._answer(invocation))

    async def _reacted(self, payload: discord.RawReactionActionEvent) -> None:
        channel = self._client.get_channel(payload.channel_id)
        if channel is None and payload.guild_id is not None:
            # A thread that nobody spoke in since the start; it has to be opened to react in it, so it can be asked for.
            number = payload.channel_id
            try:
                channel = await self._posts.courier.ask(lambda: self._client.fetch_channel(number), name="channel", repeatable=True)
            except DiscordFault as fault:
                log.info("reaction in an unknown channel", status=fault.status, code=fault.code)
                return
        place = channel or discord.Object(payload.channel_id)
        invocation = inbound.reaction(payload, place, self._reader)
        await self._tell(invocation, await self._answer(invocation))

    async def _tell(self, invocation: Invocation, answer: Answer) -> None:
        message = answer.whisper
        if message is None and answer.form is not None:
            line = f"/{answer.form.line}"
            message = Message(text=f"A form opens only from a command or a button: use {line}.", code=line, tone=Tone.WARNING)
        if message is None:
            return
        person, place = invocation.person, invocation.place
        try:
            await (self._posts if answer.lasting else self._whispers).whisper(person, place, message)
        except DiscordFault as fault:
            if fault.code != NO_DIRECT_MESSAGES or invocation.origin is not Origin.MENTION:
                raise
            # Said aloud is only that there is something to say, never what.
            body = f"{person.mention} {sentences.CLOSED}"
            await self._posts.post(place, Message(text=body, body=body, tone=Tone.WARNING), key=f"closed:{invocation.event}")

    async def _answer(self, invocation: Invocation) -> Answer:
        try:
            async with self._gate:
                return await self._hub.handle(invocation)
        except Exception as error:
            log.exception("no answer", error=type(error).__name__)
            return Answer(whisper=sentences.BROKEN)
