"""The desk: takes deeds, asks the hub, and shows its answers: as whispers, as forms, beside the fields of a form.

Nothing here makes Slack wait: a deed is taken at once, and everything else happens in the platform's own tasks, some at a time. Only a sent
form waits for the hub, for as long as Slack lets it, because a mistake belongs beside its field. What comes later is whispered. So is what
Slack did not take: an answer outlives the connection that its question came by.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from adapters.platforms.slack import forms
from adapters.platforms.slack.buttons import read_reveal
from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.faults import Refusal
from adapters.platforms.slack.inbound import Deed
from adapters.platforms.slack.people import People
from adapters.platforms.slack.posts import Posts
from adapters.platforms.slack.replies import Replies
from adapters.platforms.slack.rooms import Rooms
from adapters.platforms.slack.shapes import JSON, text
from adapters.platforms.slack.shelf import Shelf
from adapters.platforms.slack.slips import PLATFORM, Slip, asking_where
from adapters.platforms.slack.whose import Body, workspace_of
from bot.errors import PlatformFault
from bot.grammar import mark_names
from bot.model import Answer, Form, Invocation, Message, Origin, Person, Place, Tone
from bot.ports import Hub

log = structlog.get_logger()

AT_ONCE = 32
"""Deeds that are worked on at a time."""
MOST = 2000
"""Deeds that are taken and not done; what comes then is asked to come again."""
FORM_WAITS = 2.3
"""Seconds for which a sent form waits for the hub, of the three that Slack waits."""
TRIGGER = 2.8
"""Seconds after which a trigger is not worth trying: it opens a view for three."""
_TAKEN = 4096
BROKEN = "Something broke while Limner took this. Nothing was counted; try it again."
_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id"})


@dataclass(kw_only=True)
class _Ask:
    """A deed at work."""

    deed: Deed
    since: float
    late: bool = False
    """For a form: whether it is too late to answer it, so that the answer is whispered."""
    person: Person | None = None
    place: Place | None = None


class Desk:
    """Takes deeds. `tasks` is the platform's own group of tasks."""

    def __init__(self, *, hub: Hub, tasks: asyncio.TaskGroup, clients: Clients, posts: Posts, people: People, rooms: Rooms) -> None:
        self._hub = hub
        self._tasks = tasks
        self._clients = clients
        self._posts = posts
        self._people = people
        self._rooms = rooms
        self._replies = Replies(clients, posts)
        self._shelf = Shelf()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.most = MOST
        self._working: set[asyncio.Task[object]] = set()
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._closed = False

    @property
    def open(self) -> bool:
        """Whether it takes anything now."""
        return not self._closed and len(self._working) < self.most

    def take(self, deed: Deed, *, since: float) -> None:
        """Take a deed that came at `since`, on the monotonic clock. What was taken before is left alone."""
        if self._first(deed.once or deed.event):
            self.start(self._attend(_Ask(deed=deed, since=since)))

    async def submit(self, deed: Deed, view: JSON, *, since: float) -> tuple[JSON, Callable[[], None]]:
        """Take a sent form, and wait for the hub as long as Slack lets it.

        Gives what to acknowledge it with, and what to do should that not reach Slack.
        """
        ask = _Ask(deed=deed, since=since)
        task = self.start(self._work(ask))
        await asyncio.wait({task}, timeout=max(0.0, since + FORM_WAITS - time.monotonic()))
        # From here on whoever comes to the end of the work shows the answer.
        ask.late = True
        if not task.done():
            return {}, _nothing
        answer = None if task.cancelled() else task.result()
        if answer is None:
            return forms.complaint(view, "", BROKEN), _nothing

        def whisper() -> None:
            self.start(self._show(ask, answer))

        if answer.form is not None:
            return {"response_action": "update", "view": self._view(ask, answer.form)}, whisper
        if answer.whisper is not None and _is_complaint(answer):
            return forms.complaint(view, answer.field, answer.whisper.text), whisper
        whisper()
        return {}, _nothing

    def disown(self, body: Body) -> None:
        """A button that says nothing any more was pressed: say so."""
        deed = Deed(
            user="",
            place=Place(platform=PLATFORM, workspace=workspace_of(body), channel=""),
            event="",
            origin=Origin.BUTTON,
            response_url=text(body.get("response_url")),
        )
        self.start(self._replies.apologise(deed, "This button is from an older version of Limner and does nothing any more."))

    def start(self, work: Awaitable[Answer | None]) -> asyncio.Task[Answer | None]:
        """Begin a piece of work that ends with the platform."""
        task = self._tasks.create_task(self._guard(work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task

    async def close(self, grace: float) -> None:
        """Take nothing more, and let what is under way end within `grace` seconds; then cancel it."""
        self._closed = True
        end = time.monotonic() + grace
        while self._working and (left := end - time.monotonic()) > 0:
            # Work begets work: an answer is shown by a task of its own.
            await asyncio.wait(self._working, timeout=left)
        for task in self._working:
            task.cancel()

    def _first(self, event: str) -> bool:
        if event in self._taken:
            return False
        self._taken[event] = None
        while len(self._taken) > _TAKEN:
            self._taken.popitem(last=False)
        return True

    async def _guard(self, work: Awaitable[Answer | None]) -> Answer | None:
        try:
            return await work
        except PlatformFault as fault:
            log.warning("slack did not take an answer", reason=fault.sentence)
        except Exception:
            # An entry point: one broken deed must not end the platform and everything else that is under way.
            log.exception("a deed failed")
        return None

    async def _attend(self, ask: _Ask) -> Answer | None:
        try:
            return await self._work(ask)
        except PlatformFault:
            raise
        except Exception:
            await self._replies.apologise(ask.deed, BROKEN)
            raise

    async def _work(self, ask: _Ask) -> Answer | None:
        deed = ask.deed
        if deed.origin is Origin.BUTTON and (kept := self._shelf.find(deed.line)):
            # The form is ready; nothing may come between the press and its opening.
            await self._open(ask, kept.form, kept.slip)
            return None
        async with self._gate:
            invocation = await self._invocation(ask)
            if invocation is None:
                return None
            if deed.origin is Origin.BUTTON and (picture := read_reveal(deed.line)):
                await self._posts.reveal(invocation.person, invocation.place, picture)
                return None
            answer = await self._hub.handle(invocation)
        if deed.origin is Origin.FORM and not ask.late:
            return answer
        await self._show(ask, answer)
        return None

    async def _invocation(self, ask: _Ask) -> Invocation | None:
        deed = ask.deed
        workspace = deed.place.workspace
        try:
            if deed.enterprise:
                await self._clients.belongs(workspace, deed.enterprise)
            # Where the app is not installed any more nobody can be answered, and nothing is begun.
            await self._clients.of(workspace)
        except PlatformFault as fault:
            await self._replies.apologise(deed, fault.sentence)
            raise
        known = await self._people.of(workspace, deed.user, name=deed.name)
        if known.bot:
            return None
        line = self._shelf.line(deed.line)
        post = await self._rooms.found(deed.post) if deed.origin is Origin.REACTION and deed.post else deed.post
        place = deed.place
        if place.direct and deed.origin is Origin.MENTION:
            # Of other people's conversations no message comes.
            self._rooms.met(workspace, deed.user, place.channel)
        # A global shortcut has no place until its form is sent; there is no time to make one now.
        if place.channel or deed.origin is not Origin.SHORTCUT:
            place = await self._rooms.settle(post.place if post and deed.origin is Origin.REACTION else place, deed.user, vague=deed.vague)
        ask.person, ask.place = known.person, place
        invocation = deed.invocation(known.person, place, post)
        # Slack marks a group that was chosen from its list, and leaves one that was typed by hand or copied as it is.
        groups = (await self._posts.groups.of(workspace)).known
        options = {name: mark_names(value, groups) if isinstance(value, str) else value for name, value in (deed.options or {}).items()}
        return replace(invocation, line=mark_names(line, groups), options=None if deed.options is None else options)

    async def _show(self, ask: _Ask, answer: Answer) -> Answer | None:
        if answer.form is not None:
            await self._open(ask, answer.form, self._slip(ask, answer.form))
        if answer.whisper is not None:
            await self._tell(ask, answer.whisper, lasting=answer.lasting)
        return None

    async def _tell(self, ask: _Ask, message: Message, *, lasting: bool = False) -> None:
        person, place = ask.person, ask.place
        if person is None or place is None:
            return
        if not place.channel:
            place = await self._rooms.settle(place, person.id, vague=False)
        await self._replies.tell(ask.deed, person, place, message, lasting=lasting)

    async def _open(self, ask: _Ask, form: Form, slip: Slip) -> None:
        """Open a form; where Slack does not let it any more, whisper a button that does."""
        deed = ask.deed
        left = ask.since + TRIGGER - time.monotonic()
        if deed.trigger and left > 0 and deed.origin is not Origin.FORM:
            view = self._view(ask, form, slip)
            try:
                await self._posts.calls.call(
                    deed.place.workspace, "views.open", {"trigger_id": deed.trigger, "view": view}, patience=max(0.0, left)
                )
            except PlatformFault as fault:
                code = fault.code if isinstance(fault, Refusal) else ""
                if fault.permanent and code not in _LATE:
                    await self._replies.apologise(deed, f"The form cannot be opened. {fault.sentence}")
                    raise
                log.info("a form came too late", reason=fault.sentence)
            else:
                return
        if ask.person is None:
            # The button of a form that was ready was pressed, and Slack was slow: it can be pressed again.
            return
        await self._tell(ask, self._shelf.put(form, slip, deed))

    def _view(self, ask: _Ask, form: Form, slip: Slip | None = None) -> JSON:
        slip = slip or self._slip(ask, form)
        view = forms.modal(form, private=slip.write())
        return view if slip.place.channel else asking_where(view)

    def _slip(self, ask: _Ask, form: Form) -> Slip:
        return Slip(line=form.line, place=ask.place or ask.deed.place)


def _nothing() -> None:
    """There is nothing to lose."""


def _is_complaint(answer: Answer) -> bool:
    """Whether a sent form has to be corrected: then it stays open, with everything that was typed still in it."""
    return answer.whisper is not None and not answer.job and (bool(answer.field) or answer.whisper.tone in (Tone.WARNING, Tone.BAD))
