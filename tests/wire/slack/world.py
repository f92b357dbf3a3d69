"""What Slack knows: workspaces, tokens, messages, files, open views, and every call that was made."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.wire.slack import pings
from tests.wire.slack.nouns import (
    JSON,
    Called,
    Channel,
    Delivery,
    File,
    Message,
    Ping,
    Refusal,
    ResponseUrl,
    Team,
    Trigger,
    User,
    View,
)
from tests.wire.slack.people import settle_direct, settle_team
from tests.wire.slack.troubles import Troubles

EVENTS = frozenset(
    {"app_home_opened", "app_mention", "app_uninstalled", "message.im", "reaction_added", "reaction_removed", "tokens_revoked"}
    | {"subteam_created", "subteam_members_changed", "subteam_updated"}
)
DEFAULT = "T0LIMNER"


@dataclass(kw_only=True)
class World(Troubles):
    """Everything behind the Web API. Names of people and channels are the default workspace's unless `team` says another."""

    app_id: str = "A0LIMNER"
    app_token: str = "xapp-1-A0LIMNER-token"
    signing_secret: str = "the-signing-secret"
    client_id: str = "111.222"
    client_secret: str = "the-client-secret"
    redirect_url: str = ""
    """Where the app's settings send people back to when the consent page was opened without `redirect_uri`."""
    url: str = ""
    """Where it listens, without a slash at the end."""
    limits: bool = True
    deadline: float = 3.0
    """Seconds in which the app has to acknowledge."""
    retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
    file_polls: int = 1
    """Looks at files.info (or as many seconds) until a file is processed."""
    edit_window: float | None = None
    """Seconds after which a message can no longer be edited, or None."""
    should_escape: bool = True
    commands: set[str] = field(default_factory=lambda: {"/imagine"})
    subscribed: set[str] = field(default_factory=lambda: set(EVENTS))
    teams: dict[str, Team] = field(default_factory=dict[str, Team])
    tokens: dict[str, Team] = field(default_factory=dict[str, Team])
    files: dict[str, File] = field(default_factory=dict[str, File])
    modals: dict[str, list[View]] = field(default_factory=dict[str, list[View]])
    homes: dict[str, View] = field(default_factory=dict[str, View])
    triggers: dict[str, Trigger] = field(default_factory=dict[str, Trigger])
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict[str, ResponseUrl])
    codes: dict[str, tuple[Team, str, set[str]]] = field(default_factory=dict[str, tuple[Team, str, set[str]]])
    """Codes of the OAuth flow: the workspace, the redirect address and the scopes that were granted."""
    whispered: list[Message] = field(default_factory=list[Message])
    calls: list[Called] = field(default_factory=list[Called])
    responses: list[JSON] = field(default_factory=list[JSON])
    fired: list[Ping] = field(default_factory=list[Ping])
    statuses: list[JSON] = field(default_factory=list[JSON])
    """What assistant.threads.setStatus showed."""
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    late: list[tuple[Callable[[], bool], Callable[[], None]]] = field(default_factory=list[tuple[Callable[[], bool], Callable[[], None]]])
    """What happens as soon as something is so: files that appear in a channel when they are processed."""
    ahead: float = 0.0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    last: float = 0.0

    def __post_init__(self) -> None:
        self.add_team(DEFAULT)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def team(self) -> Team:
        """The default workspace."""
        return self.teams[DEFAULT]

    @property
    def bot_token(self) -> str:
        return self.team.bot_token

    def add_team(self, team_id: str, *, enterprise_id: str | None = None, installed: bool = True) -> Team:
        """Another workspace, with people and channels of the same names."""
        team = settle_team(team_id, enterprise_id=enterprise_id, installed=installed)
        self.teams[team_id] = team
        if installed:
            self.tokens[team.bot_token] = team
        return team

    # The clock and the counters

    def now(self) -> float:
        """Slack's clock in seconds; `pass_time` moves it."""
        return time.time() + self.ahead

    def pass_time(self, seconds: float) -> None:
        """Let time pass for triggers, response URLs, edit windows and processing; nobody waits."""
        self.ahead += seconds

    def stamp(self) -> str:
        """A new message's ts, later than every one before."""
        self.last = max(self.now(), self.last + 0.000001)
        return f"{self.last:.6f}"

    def key(self, letter: str) -> str:
        """A new id that begins with a letter."""
        return f"{letter}{next(self.numbers):08d}"

    # Looking up

    def find_team(self, team: Team | str | None) -> Team:
        return team if isinstance(team, Team) else self.teams[team or DEFAULT]

    def find_user(self, who: User | str, team: Team | str | None = None) -> User:
        """A person by name or id."""
        if isinstance(who, User):
            return who
        users = self.find_team(team).users
        return users[who] if who in users else next(user for user in users.values() if user.name == who.removeprefix("@"))

    def find_channel(self, where: Channel | str, team: Team | str | None = None) -> Channel:
        """A channel by id or name (`general` or `#general`; `@ada` for her direct messages)."""
        if isinstance(where, Channel):
            return where
        every = [channel for one in self.teams.values() for channel in one.channels.values()]
        by_id = [channel for channel in every if channel.id == where]
        by_name = [channel for channel in self.find_team(team).channels.values() if channel.name == where.removeprefix("#")]
        return (by_id + by_name)[0]

    def direct_channel(self, user: User, team: Team | str | None = None) -> Channel:
        """Where a person and the bot talk; opened when it is not there."""
        home = self.find_team(team or (user.team_id if user.team_id in self.teams else None))
        for channel in home.channels.values():
            if channel.kind == "im" and user.id in channel.members:
                return channel
        channel = settle_direct(home, user)
        home.channels[channel.id] = channel
        return channel

    def seen_by(self, user: User, channel: Channel | str, ts: str) -> Message | None:
        """A message by its ts, ephemeral ones that the person sees among them."""
        where = self.find_channel(channel)
        every = [*where.messages, *(message for message in self.whispered if message.to == user.id)]
        return next((message for message in every if message.ts == ts), None)

    def catch_up(self) -> None:
        """Do what has become due."""
        due = [one for one in self.late if one[0]()]
        self.late = [one for one in self.late if one not in due]
        for _, do in due:
            do()

    def messages(self, channel: Channel | str, thread_ts: str | None = None, *, team: Team | str | None = None) -> list[Message]:
        """A channel's own messages, oldest first; with `thread_ts`, the replies of that thread without their parent."""
        self.catch_up()
        every = self.find_channel(channel, team).messages
        if thread_ts is None:
            return [message for message in every if message.thread_ts in {None, message.ts} or message.broadcast]
        return [message for message in every if message.thread_ts == thread_ts and message.ts != thread_ts]

    def ephemerals(self, user: User | str, channel: Channel | str | None = None, *, team: Team | str | None = None) -> list[Message]:
        """What only this person was shown, oldest first."""
        who = self.find_user(user, team)
        where = None if channel is None else self.find_channel(channel, team).id
        return [message for message in self.whispered if message.to == who.id and where in {None, message.channel}]

    def views(self, user: User | str, *, team: Team | str | None = None) -> list[View]:
        """A person's open modals, the one on top last."""
        return self.modals.setdefault(self.find_user(user, team).id, [])

    def home(self, user: User | str, *, team: Team | str | None = None) -> View | None:
        """A person's home tab, when one was published."""
        return self.homes.get(self.find_user(user, team).id)

    # Posting

    def write(self, channel: Channel, user: str, text: str, *, to: str = "", **more: Any) -> Message:
        """Put a message into a channel, or before one person, and note whom it pings when a bot wrote it."""
        message = Message(ts=self.stamp(), channel=channel.id, user=user, text=text, to=to, said=[text], **more)
        (self.whispered if to else channel.messages).append(message)
        if message.bot_id:
            self.fired += pings.fired_by(message)
        return message

    def message_at(self, channel: Channel, ts: str) -> Message:
        """The message with this ts. Refuses with message_not_found."""
        found = [message for message in channel.messages if message.ts == ts]
        if not found:
            raise Refusal("message_not_found")
        return found[0]

    # What rides on payloads

    def new_trigger(self, team: Team, user: User, view: View | None = None) -> str:
        trigger = Trigger(id=f"{self.key('')}.{team.id}.{self.key('')}", team_id=team.id, user=user.id, since=self.now(), view=view)
        self.triggers[trigger.id] = trigger
        return trigger.id

    def new_response_url(self, team: Team, user: User, channel: Channel, message: Message | None = None) -> str:
        token = self.key("R")
        self.response_urls[token] = ResponseUrl(
            token=token, team_id=team.id, channel=channel.id, user=user.id, since=self.now(), message=message
        )
        return f"{self.url}/commands/{team.id}/{token}"
