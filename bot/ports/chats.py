"""A chat platform's socket, and what a platform may ask of the hub."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from bot.model import Answer, Attachment, CommandSpec, Invocation, Message, Person, Place, Post

ASGI = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application, as a platform offers it to the HTTP server."""


class Hub(Protocol):
    """What a platform may ask of the hub. Both answer and never raise: errors are already sentences."""

    async def handle(self, invocation: Invocation) -> Answer:
        """Do what somebody asked. Safe to call twice with the same event: the second gives an empty answer."""
        ...

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        """Values that would fit an option, best first, at most 25."""
        ...

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        """What a page of the person's own shows, a message a section: how to, quota, last images, favourites."""
        ...


class ChatPlatform(Protocol):
    """A chat platform. It acknowledges by itself; the hub never hears of three-second deadlines.

    `post`, `edit`, `whisper`, `open_thread` and `fetch` raise PlatformFault and nothing else.
    """

    name: str
    pause: float
    """Seconds to leave between two edits of one post."""

    @property
    def ready(self) -> bool:
        """Whether it can send and receive right now, for `/readyz`."""
        ...

    @property
    def pages(self) -> Mapping[str, ASGI]:
        """ASGI applications by path prefix (`/slack`), for the HTTP server; empty where it needs none."""
        ...

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Receive until cancelled."""
        ...

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key (`<job>:card`, `<job>:result`): the same key gives the same post, never a second.

        `again` says that an earlier try may have landed, in this process or one that died: look for it there before posting.
        """
        ...

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content. May be repeated."""
        ...

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only."""
        ...

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post, made when it is not there yet. May be repeated."""
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came with an invocation."""
        ...
