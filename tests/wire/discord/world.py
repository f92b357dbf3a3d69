"""The state of Discord: who and what is there, what was said, which commands are registered, and who asked for what."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.wire.discord.clock import Clock, born
from tests.wire.discord.faults import Fault, Json
from tests.wire.discord.gateway import GUILDS, Gateway
from tests.wire.discord.mischief import Mischief
from tests.wire.discord.people import DM, Channel, Guild, User
from tests.wire.discord.permissions import VIEW, allowed
from tests.wire.discord.uploads import Attachment

if TYPE_CHECKING:
    from tests.wire.discord.interactions import Interaction
    from tests.wire.discord.messages import Message


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to the API, and how it ended; a reply that was lost has the status that it would have had."""

    method: str
    path: str
    route: str
    status: int
    at: float
    code: int = 0
    user_agent: str = ""
    lost: bool = False


@dataclass(kw_only=True, eq=False)
class World:
    """Everything that Discord knows."""

    clock: Clock
    bot: User
    token: str
    key: Ed25519PrivateKey = field(repr=False)
    gateway: Gateway
    mischief: Mischief
    base: str = ""
    """Where the server listens: `http://127.0.0.1:PORT`."""
    revoked: bool = False
    down: bool = False
    """Whether every connection breaks, as if nobody were there."""
    interactions_url: str = ""
    """Where signed interactions go instead of the gateway."""
    user_install: bool = True
    file_limit: int = 0
    """Bytes a file may have instead of what the place allows."""
    old_edits: bool = True
    """Whether messages older than an hour may be edited."""
    users: dict[int, User] = field(default_factory=dict[int, User])
    guilds: list[Guild] = field(default_factory=list[Guild])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    messages: "dict[int, Message]" = field(default_factory=dict[int, "Message"])
    commands: dict[int, list[Json]] = field(default_factory=dict[int, list[Json]])
    """Registered commands by the server's id; 0 for those of everywhere."""
    interactions: "dict[str, Interaction]" = field(default_factory=dict[str, "Interaction"])
    """By token."""
    calls: list[Call] = field(default_factory=list[Call])
    uploads: dict[int, Attachment] = field(default_factory=dict[int, Attachment])
    """Files that came with commands and forms, by id."""
    deliveries: list[tuple[bytes, dict[str, str]]] = field(default_factory=list[tuple[bytes, dict[str, str]]])
    """Signed requests to the app: body and headers."""

    @property
    def application_id(self) -> int:
        return self.bot.id

    @property
    def cdn_url(self) -> str:
        return f"{self.base}/cdn"

    @property
    def guilds_of_bot(self) -> list[Guild]:
        return [guild for guild in self.guilds if self.bot.id in guild.members]

    def channel(self, number: int | str) -> Channel:
        """Raises 10003 for a channel that is not there."""
        found = self.channels.get(int(number)) if str(number).isdecimal() else None
        if found is None:
            raise Fault(10003)
        return found

    def message(self, channel: Channel, number: int | str) -> "Message":
        """Raises 10008 for a message that the bot's token cannot reach."""
        found = self.messages.get(int(number)) if str(number).isdecimal() else None
        if found is None or found.channel is not channel or found.deleted or found.ephemeral:
            raise Fault(10008)
        return found

    def user(self, number: int | str) -> User:
        found = self.users.get(int(number)) if str(number).isdecimal() else None
        if found is None:
            raise Fault(10013)
        return found

    def guild(self, number: int | str) -> Guild:
        """A server that the bot is in; raises 10004 for any other."""
        found = next((guild for guild in self.guilds_of_bot if str(guild.id) == str(number)), None)
        if found is None:
            raise Fault(10004)
        return found

    def direct(self, *people: User) -> Channel:
        """The conversation between these people, made when it is not there yet."""
        found = next((each for each in self.channels.values() if each.kind == DM and set(each.recipients) == set(people)), None)
        if found is None:
            found = Channel(id=self.clock.snowflake(), name="", kind=DM, recipients=list(people))
            self.channels[found.id] = found
        return found

    def archive(self, thread: Channel, *, archived: bool) -> None:
        """Puts a thread away or takes it out again, and says so; nothing happens to what is no thread or is so already."""
        if thread.is_thread and thread.archived != archived:
            thread.archived = archived
            self.emit("THREAD_UPDATE", thread.payload(self.bot), thread, GUILDS)

    def put_away(self) -> None:
        """Archives every thread in which nobody wrote for as long as it says."""
        for thread in [each for each in self.channels.values() if each.is_thread]:
            if self.clock.now() - born(thread.last_message_id or thread.id) > thread.archive_after * 60:
                self.archive(thread, archived=True)

    def emit(self, event: str, data: Json, channel: Channel, intent: int, *, redacted: Json | None = None) -> None:
        """Tells the bot what happened in a channel, if it can see the channel."""
        if allowed(self.bot, channel) & VIEW:
            self.gateway.dispatch(event, data, guild_id=channel.guild.id if channel.guild else None, intent=intent, redacted=redacted)
