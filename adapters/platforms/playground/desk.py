"""The desk: takes what people do, once each, asks the hub, and gives back what their browser should show.

A deed outlives the connection it came by: it runs in the platform's own task group, and a browser that sends it again after a dropped
connection gets the answer of the first time.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from adapters.platforms.playground.cast import LIMNER, Channel
from adapters.platforms.playground.inbound import Complete, Deed, Dismiss, Press, React, Say, Shortcut, Submit, fill, hear, number_of, quote
from adapters.platforms.playground.outbound import form_json, message_json
from adapters.platforms.playground.room import Room
from adapters.platforms.playground.uploads import Uploads
from bot.errors import LimnerError, PlatformFault
from bot.model import Answer, Attachment, Invocation, Origin, Person, Place, Post, Tone
from bot.ports import Hub

JSON = dict[str, Any]
_log = structlog.get_logger(__name__)
_VALUES = 25


class Desk:
    """Takes deeds. `tasks` is the platform's own task group."""

    def __init__(self, room: Room, uploads: Uploads, hub: Hub, tasks: asyncio.TaskGroup) -> None:
        self._room = room
        self._uploads = uploads
        self._hub = hub
        self._tasks = tasks
        self._running: dict[str, asyncio.Task[JSON]] = {}

    async def take(self, person: Person, deed: Deed) -> JSON:
        """The acknowledgement of a deed: `{"is": "ack", "event": ..., "problem" | "form" | "whisper" | "job": ...}`."""
        event = f"{person.id}:{deed.event}"
        task = self._running.get(event)
        if task is None:
            task = self._tasks.create_task(self._take_once(event, person, deed))
            self._running[event] = task
            task.add_done_callback(lambda _: self._running.pop(event, None))
        return await asyncio.shield(task)

    async def _take_once(self, event: str, person: Person, deed: Deed) -> JSON:
        answer = {"is": "ack", "event": deed.event}
        try:
            if known := await self._room.history.answer(event):
                return known
            answer |= await self._do(event, person, deed)
            await self._room.history.keep_answer(event, answer)
        except PlatformFault as fault:
            answer["problem"] = fault.sentence
        except Exception:  # noqa: BLE001 - an entry point: one broken deed must not end the platform's task group
            _log.exception("playground.deed", deed=deed.do)
            answer["problem"] = "Something broke while Limner took this. Nothing was counted; try it again."
        return answer

    async def _do(self, event: str, person: Person, deed: Deed) -> JSON:
        match deed:
            case Say():
                return await self._say(event, person, deed)
            case Press():
                return await self._press(event, person, deed)
            case Shortcut():
                return await self._choose(event, person, deed)
            case Submit():
                return await self._submit(event, person, deed)
            case React():
                return await self._react(person, deed)
            case Dismiss():
                entry = await self._room.find(deed.post)
                if entry.audience == person.id:
                    await self._room.dismiss(entry.number)
                return {}

    async def _say(self, event: str, person: Person, deed: Say) -> JSON:
        channel, root = await self._where(person, deed.channel, deed.root)
        attachments = await self._attachments(deed.files)
        heard = hear(deed.text, self._room.cast, direct=bool(channel.owner))
        if not heard.text and not attachments:
            return {"problem": "There is nothing to send yet: type a message, or / for the commands."}
        if heard.shown:
            files = [{"id": file.id, "name": file.name, "media_type": file.media_type} for file in attachments]
            await self._room.say(person.id, channel, root, {"text": heard.text, "files": files}, key=event)
        if heard.line is None:
            return {}
        place = channel.place(None if root is None else f"m{root}")
        invocation = Invocation(
            person=person, place=place, event=event, origin=heard.origin, line=heard.line, attachments=tuple(attachments)
        )
        return await self._ask(invocation)

    async def _press(self, event: str, person: Person, deed: Press) -> JSON:
        if deed.post is None:
            answer = await self._hub.handle(
                Invocation(person=person, place=self._own(person), event=event, origin=Origin.BUTTON, line=deed.line)
            )
            # A home page is no conversation: what only this person sees is shown right there and kept nowhere.
            shown = {"whisper": await self._room.show(answer.whisper)} if answer.whisper else {}
            return {**shown, **_outcome(answer)}
        post = await self._post(person, deed.post)
        return await self._ask(Invocation(person=person, place=post.place, event=event, origin=Origin.BUTTON, line=deed.line, post=post))

    async def _choose(self, event: str, person: Person, deed: Shortcut) -> JSON:
        """A message's menu: its words into a form, or variations of its picture."""
        post = await self._post(person, deed.post)
        entry = await self._room.find(deed.post)
        files = await self._attachments([str(file["id"]) for file in entry.content.get("files", ())])
        words = quote(entry.content, self._room.cast) if deed.act == "prompt" else ""
        answer = await self._hub.handle(
            Invocation(
                person=person,
                place=post.place,
                event=event,
                origin=Origin.SHORTCUT,
                line="vary" if deed.act == "vary" else "imagine --form",
                options={"prompt": words} if words else None,
                attachments=tuple(files) if deed.act == "vary" else (),
                post=post,
            )
        )
        # The picture of a message whose words are used comes along, in the form's own field.
        brought = [{"id": file.id, "name": file.name} for file in files[:1]] if answer.form else []
        return {**await self._show(person, post.place, answer), "files": brought}

    async def _submit(self, event: str, person: Person, deed: Submit) -> JSON:
        channel, root = await self._where(person, deed.channel, deed.root)
        invocation = Invocation(
            person=person,
            place=channel.place(None if root is None else f"m{root}"),
            event=event,
            origin=Origin.FORM,
            line=deed.line,
            options=fill(deed.options, self._room.cast),
            attachments=tuple(await self._attachments(deed.files)),
            post=await self._post(person, deed.post) if deed.post else None,
        )
        answer = await self._hub.handle(invocation)
        whisper = answer.whisper
        if whisper is not None and not answer.job and whisper.tone in (Tone.WARNING, Tone.BAD):
            # What was typed is still in the form: the correction belongs beside it.
            return {"whisper": message_json(whisper), "field": answer.field}
        return await self._show(person, invocation.place, answer)

    async def _react(self, person: Person, deed: React) -> JSON:
        post = await self._post(person, deed.post)
        number = number_of(deed.post)
        entry = await self._room.react(number, deed.emoji, person.id, on=deed.on)
        if not deed.on or entry.author != LIMNER:
            return {}
        # One key a message, emoji and person: taking a reaction back and setting it again starts nothing a second time.
        event = f"reaction:{deed.post}:{deed.emoji}:{person.id}"
        return await self._ask(
            Invocation(person=person, place=post.place, event=event, origin=Origin.REACTION, emoji=deed.emoji, post=post)
        )

    async def _ask(self, invocation: Invocation) -> JSON:
        return await self._show(invocation.person, invocation.place, await self._hub.handle(invocation))

    async def _show(self, person: Person, place: Place, answer: Answer) -> JSON:
        if answer.whisper is not None:
            await self._room.whisper(person.id, place, answer.whisper)
        return _outcome(answer)

    async def home(self, person: Person) -> list[JSON]:
        """The sections of the person's home page."""
        return [await self._room.show(section) for section in await self._hub.home(person, self._own(person))]

    async def complete(self, person: Person, question: Complete) -> Sequence[str]:
        """Values that fit an option, as the hub knows them."""
        try:
            channel, root = await self._where(person, question.channel, question.root)
        except PlatformFault:
            return ()
        place = channel.place(None if root is None else f"m{root}")
        try:
            values = await self._hub.complete(person, place, command=question.command, option=question.option, typed=question.typed)
        except LimnerError:
            return ()
        return values[:_VALUES]

    def _own(self, person: Person) -> Place:
        """The person's own conversation with the bot."""
        return next(channel for channel in self._room.cast.channels.values() if channel.owner == person.id).place()

    async def _where(self, person: Person, channel_id: str, root: str | None) -> tuple[Channel, int | None]:
        channel = self._room.cast.channels.get(channel_id)
        if channel is None or not channel.seen_by(person.id):
            raise PlatformFault("That channel is not one of yours; choose another on the left.", permanent=True)
        return await self._room.locate(channel.place(root))

    async def _post(self, person: Person, id_: str) -> Post:
        entry = await self._room.find(id_)
        channel = self._room.cast.channels[entry.channel]
        if not channel.seen_by(person.id) or entry.audience not in (None, person.id):
            raise PlatformFault("That message is not one of yours.", permanent=True)
        return Post(place=channel.place(None if entry.root is None else f"m{entry.root}"), id=id_)

    async def _attachments(self, files: Sequence[str]) -> list[Attachment]:
        found: list[Attachment] = []
        for file in files:
            upload = await self._uploads.find(file)
            if upload is None:
                raise PlatformFault("An attached picture is not kept any more; attach it again.", permanent=True)
            found.append(upload.attachment)
        return found


def _outcome(answer: Answer) -> JSON:
    """What an answer opens or starts."""
    shown: JSON = {}
    if answer.form is not None:
        shown["form"] = form_json(answer.form)
    if answer.job:
        shown["job"] = answer.job
    return shown
