"""Answers: what goes back through an interaction's own address, which is known for three seconds to begin with, and then for 15 minutes.

Most interactions are acknowledged before anybody thinks about them. A form must be the first thing that is answered (platforms.md §21), so
where one may come, the hub gets a moment first; is it slower than that, the acknowledgement goes out and the form waits behind a button.
What only one person sees goes here; cards and results never do, unless the bot has no other way (see `outside`).
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import MultipartParameters, Route
from discord.webhook.async_ import async_context

from adapters.platforms.discord.faults import DEAD_TOKEN, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE, DiscordFault, translate
from adapters.platforms.discord.posts import Posts
from adapters.platforms.discord.shapes import EPHEMERAL, JSON
from bot.errors import PlatformFault
from bot.model import Message, Person, Place

log = structlog.get_logger()

LIFE = 15 * 60.0
"""Seconds for which an interaction's address takes answers."""
_SPARE = 45.0
"""Seconds before that in which nothing new is begun: an upload takes its time."""
_MESSAGE, _THINKING, _QUIET, _UPDATE, _CHOICES, _FORM = 4, 5, 6, 7, 8, 9
_ANSWERED = 40060
_UNKNOWN_WEBHOOK = 10015
_OVER = {DEAD_TOKEN, UNKNOWN_INTERACTION, _UNKNOWN_WEBHOOK}
_REMEMBERED = 2048


class TooLate(Exception):  # noqa: N818 - a fact about the clock, which the desk notes and leaves
    """Discord does not take the first answer: the person reads that it failed, or another process has answered."""


class Reply:
    """The answers to one interaction."""

    def __init__(self, interaction: discord.Interaction[Any], posts: Posts) -> None:
        self.interaction = interaction
        self._posts = posts
        self._began = time.monotonic()
        self._first: int | None = None
        self._blank = False

    @property
    def age(self) -> float:
        """Seconds since it came."""
        return time.monotonic() - self._began

    @property
    def acknowledged(self) -> bool:
        """Whether the first answer is given."""
        return self._first is not None

    @property
    def alive(self) -> bool:
        """Whether something can still be said through it."""
        return self.acknowledged and self.age < LIFE - _SPARE

    async def acknowledge(self) -> None:
        """Take note in time: a command gets a line that only the person sees, a button nothing that shows. Raises TooLate."""
        if self.acknowledged:
            return
        kind = self.interaction.type
        thinks = kind is discord.InteractionType.application_command or self.interaction.message is None
        await self._begin(_THINKING, {"flags": EPHEMERAL}) if thinks else await self._begin(_QUIET)
        self._blank = thinks

    async def whisper(self, message: Message, *, more: Sequence[JSON] = (), turn: bool = False) -> None:
        """Say something that only the person sees. `turn`: in place of the page that its button sits on. Raises DiscordFault, TooLate."""
        parcel = await self._posts.parcel(message, file=self.interaction.filesize_limit, more=more)
        hidden = parcel.payload | {"flags": parcel.payload["flags"] | EPHEMERAL}
        if not self.acknowledged and not parcel.uploads:
            await self._begin(_UPDATE if turn else _MESSAGE, hidden)
            return
        await self.acknowledge()
        if self._blank or turn:
            try:
                await self._posts.courier.call(self._route("PATCH", "/messages/@original"), parcel.payload, parcel.uploads, repeatable=True)
            except DiscordFault as fault:
                # Put away by the person before it said anything: then it is said below.
                if fault.code != UNKNOWN_MESSAGE:
                    raise
            else:
                self._blank = False
                return
        await self._posts.courier.call(self._route("POST"), hidden, parcel.uploads)
        self._blank = False

    async def open(self, modal: JSON) -> None:
        """Show a form; only possible as the first answer. Raises TooLate."""
        await self._begin(_FORM, modal)

    async def offer(self, values: Sequence[tuple[str, str]]) -> None:
        """Show what completes what is being typed: names, and the values they stand for. Raises TooLate."""
        fitting = [(name, value) for name, value in dict(values).items() if 0 < len(name) <= 100 and 0 < len(value) <= 100][:25]  # noqa: PLR2004 - platforms.md §20
        await self._begin(_CHOICES, {"choices": [{"name": name, "value": value} for name, value in fitting]})

    async def finish(self, *, page: bool = False) -> None:
        """Nothing is left to be said: the sign of thinking goes away, with `page` the message it came from."""
        await self.acknowledge()
        if not (self._blank or page):
            return
        self._blank = False
        try:
            await self._posts.courier.call(self._route("DELETE", "/messages/@original"), repeatable=True)
        except DiscordFault as fault:
            if fault.code != UNKNOWN_MESSAGE:
                log.info("acknowledgement not removed", code=fault.code)

    async def send(self, message: Message) -> str:
        """Say something that everybody sees; gives the id of the message. Raises DiscordFault."""
        parcel = await self._posts.parcel(message, file=self.interaction.filesize_limit)
        found = await self._posts.courier.call(self._route("POST"), parcel.payload, parcel.uploads, query={"wait": 1})
        return str(found["id"])

    def _route(self, method: str, path: str = "") -> Route:
        return address(method, self.interaction.application_id, self.interaction.token, path)

    async def _begin(self, kind: int, data: JSON | None = None) -> None:
        """The first answer. It goes past the queue for everything else: three seconds do not wait for Discord's pauses."""
        self._first = kind
        body: JSON = {"type": kind} if data is None else {"type": kind, "data": data}
        interaction = self.interaction
        try:
            await async_context.get().create_interaction_response(
                interaction.id,
                interaction.token,
                session=interaction._session,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - discord.py's own answers use it; there is no other way to it
                params=MultipartParameters(payload=body, multipart=None, files=None),
            )
        except discord.HTTPException as error:
            fault = translate(error)
            if fault.code in {*_OVER, _ANSWERED}:
                raise TooLate(fault.sentence) from error
            raise fault from error
        except (aiohttp.ClientError, OSError) as error:
            # It may well have arrived. What comes next shows whether it did.
            log.info("acknowledgement without an answer", error=type(error).__name__)


class Whispers:
    """Finds the best way to tell one person something: through what they did last in that place, else in a direct conversation."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts
        self._last: OrderedDict[tuple[str, str], Reply] = OrderedDict()

    def note(self, person: Person, place: Place, reply: Reply) -> None:
        """Remember an interaction that can still carry something."""
        key = (person.id, place.thread or place.channel)
        self._last.pop(key, None)
        self._last[key] = reply
        while len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Say it. Raises PlatformFault where there is no way."""
        reply = self._last.get((person.id, place.thread or place.channel))
        if reply is not None and reply.alive:
            try:
                await reply.whisper(message)
            except (PlatformFault, TooLate) as trouble:
                log.info("whisper takes the long way", reason=str(trouble))
            else:
                return
        await self._posts.whisper(person, place, message)


def address(method: str, application: int, token: str, path: str = "") -> Route:
    """A request to an interaction's own address."""
    return Route(method, "/webhooks/{webhook_id}/{webhook_token}" + path, webhook_id=application, webhook_token=token)
