"""A chat as its people see it, whoever runs it: one face for the small Slack and the small Discord, so that a story is told once."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.model import Person, Place, Post

FILES: Mapping[str, bytes] = {}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message as somebody sees it at this moment."""

    id: str
    text: str
    """All its words."""
    alts: tuple[str, ...]
    """What a screen reader says of its pictures, in their order."""
    covered: tuple[bool, ...]
    """Which of them are behind a spoiler."""
    labels: tuple[str, ...]
    thread: str | None
    """The thread that it stands in."""
    raw: Any = field(repr=False)
    """The vendor's own."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that somebody did, and how it was acknowledged."""

    kind: str
    raw: Any = field(repr=False)
    seconds: float | None = None
    """How long the acknowledgement took; None where there is none to wait for, or where none came."""
    failed: bool = False
    """Whether the person reads that it failed."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A form that is open before somebody."""

    title: str
    values: Mapping[str, str]
    """What stands in its fields, by label."""
    raw: Any = field(repr=False)


class Chat(ABC):
    """People are ada, grace (who runs the place) and ivy (a member); `general` is a channel with all of them and the bot."""

    name: str
    private = "secret"
    """A channel that only those invited can read; the bot is in it."""
    showing: Sequence[str]
    """The calls by which a job's card and result come to be, those that upload pictures among them."""
    answering: Sequence[str]
    """The calls by which a person is answered alone."""

    # How the app finds it.

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """The variables that switch it on."""

    @property
    @abstractmethod
    def secrets(self) -> Sequence[str]:
        """What must never stand in a log."""

    def reach(self, address: str) -> None:  # noqa: B027 - most chats have no need to know
        """The bot's own server is at this address; a chat that calls there begins to."""

    # What people do.

    @abstractmethod
    async def command(self, who: str, name: str, /, channel: str = "general", **options: Any) -> Deed:
        """Type a slash command."""

    @abstractmethod
    async def mention(
        self, who: str, text: str, channel: str = "general", *, under: Shown | None = None, files: Mapping[str, bytes] = FILES
    ) -> Deed:
        """Say something to the bot where others read it, or in the thread of a message."""

    @abstractmethod
    async def direct(self, who: str, text: str, *, files: Mapping[str, bytes] = FILES) -> Deed:
        """Say something to the bot alone."""

    @abstractmethod
    async def say(self, who: str, text: str, channel: str = "general", *, files: Mapping[str, bytes] = FILES) -> Shown:
        """Say something that is not meant for the bot."""

    @abstractmethod
    async def press(self, who: str, message: Shown, label: str) -> Deed:
        """Press a button, and say yes where it asks."""

    @abstractmethod
    async def react(self, who: str, message: Shown, emoji: str) -> Deed:
        """Set a reaction, given as the emoji itself."""

    @abstractmethod
    async def unreact(self, who: str, message: Shown, emoji: str) -> None:
        """Take a reaction back."""

    @abstractmethod
    async def shortcut(self, who: str, name: str, message: Shown) -> Deed:
        """Choose `Use as prompt` or `Make variations` in a message's menu."""

    @abstractmethod
    async def create(self, who: str) -> Deed:
        """Ask for the form to draw something: by the shortcut where there is one, else by the command without words."""

    @abstractmethod
    def form(self, who: str) -> Sheet | None:
        """The form that is open before somebody."""

    @abstractmethod
    async def submit(self, who: str, form: Sheet, values: Mapping[str, str], *, files: Mapping[str, bytes] = FILES) -> Deed:
        """Change fields of a form, by label, and send it; `files` go into its file field."""

    @abstractmethod
    async def again(self, deed: Deed) -> None:
        """Deliver the same thing once more, as the vendor does when it lost an acknowledgement."""

    # What they see.

    @abstractmethod
    def messages(self, channel: str = "general", *, under: str | None = None) -> list[Shown]:
        """A channel's messages, or those of a thread, oldest first."""

    @abstractmethod
    def directs(self, who: str) -> list[Shown]:
        """The conversation between somebody and the bot."""

    @abstractmethod
    def whispers(self, who: str) -> list[Shown]:
        """What only this person was shown, oldest first."""

    @abstractmethod
    def at(self, post: Post) -> Shown | None:
        """A message of the bot's as it stands; None where it is gone."""

    @property
    @abstractmethod
    def pings(self) -> list[str]:
        """Everything that the bot's messages made ring: people, groups, channels."""

    @property
    @abstractmethod
    def refusals(self) -> list[str]:
        """Calls of the bot's that were refused, with their codes."""

    @abstractmethod
    def mention_of(self, who: str) -> Any:
        """Somebody, as an option's value."""

    @abstractmethod
    def rename(self, who: str, name: str) -> str:
        """Give somebody another name for show; gives what to call them by from then on."""

    @abstractmethod
    def crowd(self, many: int) -> list[str]:
        """The names of so many more people, all of them in general."""

    @abstractmethod
    def person(self, who: str) -> Person: ...

    @abstractmethod
    def place(self, channel: str = "general") -> Place: ...

    # What goes wrong.

    @abstractmethod
    def lose(self, call: str, times: int = 1) -> None:
        """Calls take effect, and their answers never arrive."""

    @abstractmethod
    def limit(self, call: str, seconds: float = 1, times: int = 1) -> None:
        """Calls are answered with 429."""

    @abstractmethod
    def break_down(self, call: str, times: int = 1) -> None:
        """Calls end with 503 and do nothing."""

    @abstractmethod
    async def cut(self) -> None:
        """Break the connection without a word."""

    @abstractmethod
    def unplug(self, *, out: bool) -> None:
        """Be there for nobody, or be there again."""

    @abstractmethod
    async def revoke(self) -> None:
        """The bot's token is worth nothing any more."""

    @abstractmethod
    def renew(self) -> None:
        """An admin has a new token made, which happens to be the same."""

    @abstractmethod
    def kick(self, channel: str = "general") -> None:
        """Take the bot out of a channel."""

    @abstractmethod
    def forget(self, message: Shown) -> None:
        """Somebody deletes a message."""

    @abstractmethod
    def age(self, seconds: float) -> None:
        """Let time pass at the vendor's."""
