"""The desk: takes what happens, acknowledges it, asks the hub, and shows the answer.

Everything runs in the platform's own task group. Acknowledgements are sent at once, however much is going on; only so many questions are
with the hub at a time. An event that Discord delivers twice is taken once here, and by its key once in the journal, whatever process it
reaches.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from adapters.platforms.discord import buttons, forms, inbound, permissions
from adapters.platforms.discord.answers import Reply, TooLate, Whispers
from adapters.platforms.discord.faults import NO_DIRECT_MESSAGES, DiscordFault
from adapters.platforms.discord.forms import Drafts
from adapters.platforms.discord.inbound import Reader, Tidy, Where
from adapters.platforms.discord.menu import SHORTCUTS
from adapters.platforms.discord.outside import ON_ITS_WAY, Outside
from adapters.platforms.discord.posts import Posts
from adapters.platforms.discord.shapes import BUTTON, JSON, PRIMARY
from bot import grammar
from bot.errors import Misunderstood, PlatformFault
from bot.model import Answer, CommandSpec, Form, Invocation, Kind, Message, Origin, Person, Place, Post, Tone
from bot.ports import Hub

log = structlog.get_logger()

_AT_ONCE = 64
"""Questions with the hub."""
_TAKEN = 3000
"""Events under way; what comes above that is asked to come again."""
_REMEMBERED = 8192
PATIENCE = 1.3
"""Seconds that the hub may take to answer with a form before the acknowledgement goes out instead."""
_DRAWS = frozenset({"imagine", "vary", "edit", "again", "rerun", "upscale"})
"""Commands whose result is posted, so that it is worth nothing where the bot may not post."""
_BUSY = Message(
    text="Too much is going on right now. Nothing was counted; try again in a minute.",
    body="Too much is going on right now. Nothing was counted; try again in a minute.",
    tone=Tone.WARNING,
)
_BROKEN = Message(
    text="Something broke while I took this. Nothing was counted; try it again.",
    body="Something broke while I took this. Nothing was counted; try it again.",
    tone=Tone.BAD,
)
_STALE = Message(
    text="This form is not open any more. Begin it again where it came from.",
    body="This form is not open any more. Begin it again where it came from.",
    tone=Tone.WARNING,
)
_UPDATED = Message(
    text="This command is from another version of Limner. Reload Discord (Ctrl+R) and try again.",
    body="This command is from another version of Limner. Reload Discord (Ctrl+R) and try again.",
    tone=Tone.WARNING,
)
_READY = Message(text="The form is ready.", body="The form is ready.")
_CLOSED = (
    "I have an answer that only you should see, and you take no direct messages from me. "
    "Allow them in the server's privacy settings, or use the command: its answers are seen by you alone."
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question for the hub, and how to show its answer."""

    invocation: Invocation
    reply: Reply
    where: Where
    early: bool = False
    """Whether a form may come, so that the acknowledgement waits for it a little."""
    page: bool = False
    """Whether it was asked on a message that only the person sees and that has done its part."""
    turn: bool = False
    """Whether the answer takes the place of such a message."""
    draft: str = ""
    """The draft of the form that was sent."""


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
        self._outside = outside
        self._whispers = whispers
        self._reader = reader
        self._menu: Mapping[str, CommandSpec] = {spec.name: spec for spec in menu}
        self._hub = hub
        self._tasks = tasks
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._drafts = Drafts()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()
        self._watching: set[asyncio.Task[None]] = set()

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    # What is heard.

    def interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody used a command, a button, a form, or types into an option."""
        if self._is_new(inbound.event_of(interaction)):
            self._start(self._take(interaction))

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

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except TooLate as late:
            log.info("answered too late", reason=str(late))
        except PlatformFault as fault:
            log.warning("answer not shown", reason=fault.sentence)
        except Exception as error:
            log.exception("event lost", error=type(error).__name__)

    # Interactions.

    async def _take(self, interaction: discord.Interaction[Any]) -> None:
        reply = Reply(interaction, self._posts)
        try:
            if len(self._running) > _TAKEN:
                await reply.whisper(_BUSY)
                return
            data: Mapping[str, Any] = interaction.data or {}
            match interaction.type:
                case discord.InteractionType.autocomplete:
                    await self._complete(reply, data)
                case discord.InteractionType.application_command:
                    await (self._chosen(reply, data) if data.get("name") in SHORTCUTS else self._typed(reply, data))
                case discord.InteractionType.component:
                    await self._pressed(reply, data)
                case discord.InteractionType.modal_submit:
                    await self._sent(reply, data)
                case _:
                    log.info("interaction of no known kind")
        except (TooLate, PlatformFault, asyncio.CancelledError):
            raise
        except Exception:
            # Whatever it was, the person is told something.
            await reply.whisper(_BROKEN)
            raise

    async def _complete(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        option, typed = inbound.focused(data)
        person = self._person(reply, found)
        values = await self._hub.complete(person, found.place, command=str(data.get("name")), option=option, typed=typed)
        await reply.offer(values)

    async def _typed(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        spec = self._menu.get(str(data.get("name")))
        if spec is None:
            await reply.whisper(_UPDATED)
            return
        options, files = inbound.options_of(data, self._tidy(reply))
        invocation = Invocation(
            person=self._person(reply, found),
            place=found.place,
            event=inbound.event_of(reply.interaction),
            origin=Origin.COMMAND,
            line=spec.name,
            options=options,
            attachments=files,
        )
        await self._ask(Asked(invocation=invocation, reply=reply, where=found, early=opens(spec, options)))

    async def _chosen(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        line, options, files, target = inbound.shortcut(data, self._me, self._tidy(reply))
        if not line:
            await reply.whisper(_UPDATED)
            return
        invocation = Invocation(
            person=self._person(reply, found),
            place=found.place,
            event=inbound.event_of(reply.interaction),
            origin=Origin.SHORTCUT,
            line=line,
            options=options,
            attachments=files,
            post=Post(place=found.place, id=target),
        )
        await self._ask(Asked(invocation=invocation, reply=reply, where=found, early=True))

    async def _pressed(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        pressed = buttons.read(str(data.get("custom_id", "")))
        message = reply.interaction.message
        if pressed is None or message is None:
            await reply.whisper(buttons.OUTDATED)
        elif pressed.form:
            modal = self._drafts.again(pressed.form)
            await (reply.open(modal) if modal else reply.whisper(_STALE))
        elif pressed.refused:
            await reply.whisper(buttons.UNCHANGED, turn=True)
        elif pressed.question:
            question, more = buttons.ask(pressed, str(message.id))
            await reply.whisper(question, more=more)
        else:
            await self._do(reply, found, pressed, message)

    async def _do(self, reply: Reply, found: Where, pressed: buttons.Pressed, message: discord.Message) -> None:
        spec, options = self._read(pressed.line)
        invocation = Invocation(
            person=self._person(reply, found),
            place=found.place,
            event=inbound.event_of(reply.interaction),
            origin=Origin.BUTTON,
            line=pressed.line,
            post=Post(place=found.place, id=pressed.post or str(message.id)),
        )
        # A page that only one person sees is turned in its place; a question that was answered makes room.
        paging = message.flags.ephemeral and spec is not None and all(option.kind is not Kind.JOB for option in spec.options)
        early = spec is not None and not pressed.post and opens(spec, options)
        done = bool(pressed.post)
        await self._ask(Asked(invocation=invocation, reply=reply, where=found, early=early, page=done, turn=done or paging))

    async def _sent(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        if not forms.is_ours(str(data.get("custom_id", ""))):
            await reply.whisper(_STALE)
            return
        filled = forms.read(data)
        draft = self._drafts.fill(filled)
        if filled.mistake:
            problem = Message(text=filled.mistake, title="Not sent yet", body=filled.mistake, tone=Tone.WARNING)
            await reply.whisper(problem, more=_again(draft))
            return
        tidy = self._tidy(reply)
        invocation = Invocation(
            person=self._person(reply, found),
            place=found.place,
            event=inbound.event_of(reply.interaction),
            origin=Origin.FORM,
            line=filled.line,
            options={name: tidy(value) for name, value in filled.options.items()},
            attachments=inbound.files_of(data, filled.files),
            post=Post(place=found.place, id=str(reply.interaction.message.id)) if reply.interaction.message else None,
        )
        await self._ask(Asked(invocation=invocation, reply=reply, where=found, draft=draft))

    async def _ask(self, asked: Asked) -> None:
        """Acknowledge, ask, show."""
        reply, invocation = asked.reply, asked.invocation
        lacking = self._lacking(asked)
        if lacking:
            await reply.whisper(_lacks(lacking))
            return
        if not asked.early:
            await reply.acknowledge()
        self._whispers.note(invocation.person, invocation.place, reply)
        asking = self._tasks.create_task(self._answer(invocation))
        if asked.early:
            await asyncio.wait({asking}, timeout=max(0.0, PATIENCE - reply.age))
            if not asking.done():
                await reply.acknowledge()
        await self._show(asked, await asking)

    async def _show(self, asked: Asked, answer: Answer) -> None:
        reply, invocation = asked.reply, asked.invocation
        if answer.job and asked.where.outside:
            await self._bring(answer.job, reply)
        if answer.form is not None:
            await self._show_form(reply, answer.form)
        elif answer.whisper is not None and answer.lasting:
            await reply.finish(page=asked.page)
            await self._posts.whisper(invocation.person, invocation.place, answer.whisper)
        elif answer.whisper is not None:
            wrong = answer.whisper.tone in {Tone.WARNING, Tone.BAD} and not answer.job
            turn = asked.turn and (asked.page or not wrong)
            try:
                await reply.whisper(answer.whisper, more=_again(asked.draft) if wrong else (), turn=turn)
            except DiscordFault as fault:
                log.info("whisper takes the long way", reason=fault.sentence)
                await self._posts.whisper(invocation.person, invocation.place, answer.whisper)
        elif not (answer.job and asked.where.outside):
            # The card says it all, where everybody sees it.
            await reply.finish(page=asked.page)

    async def _show_form(self, reply: Reply, form: Form) -> None:
        modal = self._drafts.open(form)
        if not reply.acknowledged:
            await reply.open(modal)
            return
        # Too late for the form itself, which has to come first; it waits behind a button.
        token = str(modal["custom_id"]).partition(":")[0].removeprefix("1f")
        button: JSON = {
            "type": BUTTON,
            "style": PRIMARY,
            "label": "Open the form",
            "custom_id": f"1+{token}" if token else f"1:{form.line}",
        }
        await reply.whisper(_READY, more=[button])

    async def _bring(self, job: str, reply: Reply) -> None:
        """Lead a job's messages through the interaction, where the bot has no other way, and say how long that lasts."""
        try:
            # First, because what follows an acknowledgement would take its place, and be seen by one person only.
            await reply.whisper(ON_ITS_WAY)
        except DiscordFault as fault:
            log.info("acknowledgement not filled", code=fault.code)
        await self._outside.bind(job, reply)
        watching = self._tasks.create_task(self._guarded(self._outside.watch(job)))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)

    # Messages and reactions.

    async def _mentioned(self, invocation: Invocation, message: discord.Message) -> None:
        channel = message.channel
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and message.guild and _draws(invocation.line):
            rights = inbound.rights_of(message.guild.me, channel)
            lacking = _missing(rights, invocation.place) if rights else []
            if lacking:
                await self._posts.whisper(invocation.person, invocation.place, _lacks(lacking))
                return
        await self._tell(invocation, await self._answer(invocation))

    async def _reacted(self, payload: discord.RawReactionActionEvent) -> None:
        channel = self._client.get_channel(payload.channel_id)
        if channel is None and payload.guild_id is not None:
            # A thread that nobody spoke in since the start; it has to be opened to react in it, so it can be asked for.
            try:
                channel = await self._client.fetch_channel(payload.channel_id)
            except discord.HTTPException as error:
                log.info("reaction in an unknown channel", status=error.status, code=error.code)
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
            body = f"{person.mention} {_CLOSED}"
            await self._posts.post(place, Message(text=body, body=body, tone=Tone.WARNING), key=f"closed:{invocation.event}")

    # Common to all.

    async def _answer(self, invocation: Invocation) -> Answer:
        try:
            async with self._gate:
                return await self._hub.handle(invocation)
        except Exception as error:
            log.exception("no answer", error=type(error).__name__)
            return Answer(whisper=_BROKEN)

    def _person(self, reply: Reply, found: Where) -> Person:
        interaction = reply.interaction
        return self._reader.person(
            interaction.user, found.place, rights=interaction.permissions, language=str(interaction.locale), outside=found.outside
        )

    def _tidy(self, reply: Reply) -> Tidy:
        return Tidy(reply.interaction.guild)

    def _read(self, line: str) -> tuple[CommandSpec | None, Mapping[str, Any]]:
        """The command of a line, and its options as far as they can be read."""
        name, rest = grammar.split(line)
        spec = self._menu.get(name)
        try:
            return spec, grammar.parse(rest, spec) if spec else {}
        except Misunderstood:
            return spec, {}

    def _lacking(self, asked: Asked) -> list[str]:
        """Permissions without which what is asked for could not be shown."""
        if asked.where.outside or asked.where.place.direct or not _draws(asked.invocation.line):
            return []
        return _missing(asked.reply.interaction.app_permissions, asked.where.place)


def opens(spec: CommandSpec, options: Mapping[str, Any]) -> bool:
    """Whether a form may be the answer: where words are wanted and none are there, or where no job is named that something is done with."""
    if "form" in options:
        return True
    wordy = next((option for option in spec.options if option.rest), None)
    if wordy is not None:
        return wordy.name not in options
    return not any(option.kind is Kind.JOB and option.name in options for option in spec.options)


def _missing(rights: discord.Permissions, place: Place) -> list[str]:
    return [] if rights.administrator else permissions.missing(rights, thread=place.thread is not None, files=True)


def _draws(line: str) -> bool:
    return grammar.split(line)[0] in _DRAWS


def _lacks(names: Sequence[str]) -> Message:
    sentence = f"I could not show the images here: I lack {', '.join(names)}. An admin can give it to me in the channel's settings."
    return Message(text=sentence, title="Nothing was drawn", body=sentence, tone=Tone.WARNING)


def _again(draft: str) -> list[JSON]:
    return [buttons.again(draft)] if draft else []
