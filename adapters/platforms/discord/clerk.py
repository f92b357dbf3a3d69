"""The clerk: reads an interaction, acknowledges it, asks the hub, and shows the answer."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from adapters.platforms.discord import buttons, directory, forms, inbound, permissions, sentences
from adapters.platforms.discord.answers import Reply, TooLate, Whispers
from adapters.platforms.discord.faults import DiscordFault
from adapters.platforms.discord.forms import Drafts
from adapters.platforms.discord.hearing import Tidy
from adapters.platforms.discord.inbound import Reader, Where
from adapters.platforms.discord.menu import SHORTCUTS
from adapters.platforms.discord.outside import ON_ITS_WAY, Outside
from adapters.platforms.discord.posts import Posts
from adapters.platforms.discord.shapes import BUTTON, JSON, PRIMARY
from bot import grammar
from bot.errors import Misunderstood, PlatformFault
from bot.model import Answer, CommandSpec, Form, Invocation, Kind, Message, Origin, Person, Place, Post, Tone
from bot.ports import Hub

log = structlog.get_logger()

PATIENCE = 1.3
"""Seconds that the hub may take to answer with a form before the acknowledgement goes out instead."""
DRAWS = frozenset({"imagine", "vary", "edit", "repaint", "extend", "cutout", "again", "rerun", "upscale"})
"""Commands whose result is posted, so that it is worth nothing where the bot may not post."""


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


class Clerk:
    """Raises TooLate and PlatformFault."""

    def __init__(
        self,
        posts: Posts,
        outside: Outside,
        whispers: Whispers,
        *,
        reader: Reader,
        menu: Sequence[CommandSpec],
        hub: Hub,
        ask: Callable[[Invocation], Coroutine[Any, Any, Answer]],
        start: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
        watch: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`ask` asks the hub in its turn; `start` does something beside, and `watch` something that need not be finished."""
        self._posts = posts
        self._outside = outside
        self._whispers = whispers
        self._reader = reader
        self._menu: Mapping[str, CommandSpec] = {spec.name: spec for spec in menu}
        self._hub = hub
        self._asking = ask
        self._start = start
        self._watch = watch
        self._drafts = Drafts()

    async def take(self, interaction: discord.Interaction[Any], *, busy: bool) -> None:
        """Answer an interaction; while too much is going on, only with the wish to come again."""
        reply = Reply(interaction, self._posts)
        try:
            if busy:
                # Nobody waits for words while typing.
                if interaction.type is not discord.InteractionType.autocomplete:
                    await reply.whisper(sentences.BUSY)
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
            await reply.whisper(sentences.BROKEN)
            raise

    async def _complete(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        option, typed = inbound.focused(data)
        person = self._person(reply, found)
        values = await self._hub.complete(person, found.place, command=str(data.get("name")), option=option, typed=typed)
        spec = self._menu.get(str(data.get("name")))
        kind = next((each.kind for each in spec.options if each.name == option), Kind.TEXT) if spec else Kind.TEXT
        named = directory.offers(reply.interaction.guild, self._member(reply), kind, typed)
        await reply.offer([*named, *((value, value) for value in values)])

    async def _typed(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        spec = self._menu.get(str(data.get("name")))
        if spec is None:
            await reply.whisper(sentences.UPDATED)
            return
        given, files = inbound.options_of(data, self._tidy(reply))
        line, options = inbound.spoken(spec, given)
        invocation = Invocation(
            person=self._person(reply, found),
            place=found.place,
            event=inbound.event_of(reply.interaction),
            origin=Origin.COMMAND,
            line=line,
            options=options,
            attachments=files,
        )
        await self._ask(Asked(invocation=invocation, reply=reply, where=found, early=opens(spec, given, pictured=bool(files))))

    async def _chosen(self, reply: Reply, data: Mapping[str, Any]) -> None:
        found = inbound.where(reply.interaction)
        user = reply.interaction.client.user
        line, options, files, target = inbound.shortcut(data, user.id if user else 0, self._tidy(reply))
        if not line:
            await reply.whisper(sentences.UPDATED)
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
            await (reply.open(modal) if modal else reply.whisper(sentences.STALE))
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
            await reply.whisper(sentences.STALE)
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
            await reply.whisper(sentences.lacks(lacking))
            return
        if not asked.early:
            await reply.acknowledge()
        self._whispers.note(invocation.person, invocation.place, reply)
        asking = self._start(self._asking(invocation))
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
        try:
            modal = self._drafts.open(form)
        except DiscordFault as fault:
            await reply.whisper(Message(text=fault.sentence, body=fault.sentence, tone=Tone.WARNING))
            return
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
        await reply.whisper(sentences.READY, more=[button])

    async def _bring(self, job: str, reply: Reply) -> None:
        """Lead a job's messages through the interaction, where the bot has no other way, and say how long that lasts."""
        try:
            # First, because what follows an acknowledgement would take its place, and be seen by one person only.
            await reply.whisper(ON_ITS_WAY)
        except DiscordFault as fault:
            log.info("acknowledgement not filled", code=fault.code)
        await self._outside.bind(job, reply)
        self._watch(self._outside.watch(job))

    def _person(self, reply: Reply, found: Where) -> Person:
        interaction = reply.interaction
        return self._reader.person(
            interaction.user, found.place, rights=interaction.permissions, language=str(interaction.locale), outside=found.outside
        )

    def _tidy(self, reply: Reply) -> Tidy:
        return Tidy(reply.interaction.guild, self._member(reply))

    @staticmethod
    def _member(reply: Reply) -> discord.Member | None:
        user = reply.interaction.user
        return user if isinstance(user, discord.Member) else None

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
        if asked.where.outside or asked.where.place.direct or not draws(asked.invocation.line):
            return []
        return missing(asked.reply.interaction.app_permissions, asked.where.place)


def opens(spec: CommandSpec, options: Mapping[str, Any], *, pictured: bool = False) -> bool:
    """Whether a form may be the answer: where words are wanted and none are there, or where no job is named that something is done with.

    A command may say itself what its form asks for. `pictured`: whether a picture came along.
    """
    if "form" in options:
        return True
    if asked := [option for option in spec.options if option.asked]:
        return any(not pictured if option.kind is Kind.IMAGE else option.name not in options for option in asked)
    wordy = next((option for option in spec.options if option.rest), None)
    if wordy is not None:
        return wordy.name not in options
    return not any(option.kind is Kind.JOB and option.name in options for option in spec.options)


def draws(line: str) -> bool:
    """Whether a line asks for images."""
    return grammar.split(line)[0] in DRAWS


def missing(rights: discord.Permissions, place: Place) -> list[str]:
    """The names of the permissions that images need in a place and that are not among `rights`."""
    return [] if rights.administrator else permissions.missing(rights, thread=place.thread is not None, files=True)


def _again(draft: str) -> list[JSON]:
    return [buttons.again(draft)] if draft else []
