"""The nouns of a Slack workspace: people, channels, messages, files, views, and what goes to and fro."""

from dataclasses import dataclass, field
from typing import Any, TypeGuard

JSON = dict[str, Any]

POSTING = {"app_mentions:read", "chat:write", "chat:write.public", "commands", "files:read", "files:write"}
READING = {"channels:read", "groups:read", "im:read", "mpim:read", "channels:history", "groups:history", "im:history", "mpim:history"}
KNOWING = {"im:write", "mpim:write", "reactions:read", "reactions:write", "users:read", "usergroups:read", "team:read"}
SCOPES = frozenset(POSTING | READING | KNOWING)


def is_object(value: Any) -> TypeGuard[JSON]:
    """Whether it is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether it is a JSON array."""
    return isinstance(value, list)


class Refusal(Exception):  # noqa: N818 - the vendor refuses; for the server that is no error
    """An answer with `ok: false`: Slack's error code, and what else the answer holds."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class Impossible(Exception):  # noqa: N818 - a person cannot do it; the server is fine
    """Something that Slack's own client does not let a person do."""


@dataclass(kw_only=True, eq=False)
class User:
    """Somebody in a workspace."""

    id: str
    name: str
    team_id: str
    admin: bool = False
    owner: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    bot: bool = False
    stranger: bool = False
    deleted: bool = False
    locale: str = "en-US"
    tz: str = "Europe/London"


@dataclass(kw_only=True, eq=False)
class Message:
    """A message as everybody, or for an ephemeral one person, sees it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list[JSON])
    metadata: JSON | None = None
    thread_ts: str | None = None
    edited: bool = False
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    files: list[str] = field(default_factory=list[str])
    bot_id: str = ""
    to: str = ""
    """For an ephemeral message, the id of the one who sees it."""
    said: list[str] = field(default_factory=list[str])
    """Every text that it ever showed, oldest first."""

    @property
    def labels(self) -> list[str]:
        """What its buttons say."""
        return [element["text"]["text"] for element in elements_of(self.blocks) if element["type"] == "button"]

    @property
    def images(self) -> list[JSON]:
        """Its image blocks."""
        return [block for block in self.blocks if block["type"] == "image"]


def elements_of(blocks: list[JSON]) -> list[JSON]:
    """Every interactive element of some blocks, with its block's id as `block_id`."""
    found: list[JSON] = []
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        if block["type"] in {"section", "actions", "input"}:
            found += [{**element, "block_id": block.get("block_id", "")} for element in inside if element]
    return found


@dataclass(kw_only=True, eq=False)
class Channel:
    """A conversation; `kind` is public, private, im or mpim."""

    id: str
    name: str
    team_id: str
    kind: str = "public"
    members: set[str] = field(default_factory=set[str])
    archived: bool = False
    shared: bool = False
    messages: list[Message] = field(default_factory=list[Message])

    @property
    def family(self) -> str:
        """The word for its kind in the names of scopes."""
        return {"public": "channels", "private": "groups"}.get(self.kind, self.kind)


@dataclass(kw_only=True, eq=False)
class Group:
    """A user group."""

    id: str
    handle: str
    users: list[str]


@dataclass(kw_only=True, eq=False)
class Team:
    """A workspace and the app's installation in it; `state` is live, revoked, uninstalled or absent."""

    id: str
    name: str
    bot: User
    bot_id: str
    bot_token: str
    enterprise_id: str | None = None
    org_wide: bool = False
    """Whether the app is installed for the whole organisation: then payloads have no team."""
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    state: str = "live"
    files_disabled: bool = False
    paid: bool = True
    users: dict[str, User] = field(default_factory=dict[str, User])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    groups: dict[str, Group] = field(default_factory=dict[str, Group])


@dataclass(kw_only=True, eq=False)
class File:
    """A file; `polls` is how many looks it still takes until Slack has processed it, `due` when it has in any case."""

    id: str
    name: str
    team_id: str
    user: str
    length: int
    ticket: str = ""
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    deleted: bool = False
    polls: int = 0
    due: float = 0.0
    muted: bool = False
    """Whether it was announced with an alternative text, with which Slack may silently not share it."""
    given: bool = False
    """Whether somebody handed it to the app in a form."""
    channels: set[str] = field(default_factory=set[str])


@dataclass(kw_only=True, eq=False)
class View:
    """A modal that is open, or a home tab; `stack` is the views of the same window, this one included."""

    id: str
    team_id: str
    user: str
    body: JSON
    hash: str
    root: str = ""

    @property
    def kind(self) -> str:
        return str(self.body["type"])

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.body["title"]["text"]) if "title" in self.body else ""

    @property
    def blocks(self) -> list[JSON]:
        blocks: list[JSON] = self.body["blocks"]
        return blocks


@dataclass(kw_only=True)
class Trigger:
    """A trigger_id: who may open a view with it, since when, and whether somebody has."""

    id: str
    team_id: str
    user: str
    since: float
    used: bool = False
    view: View | None = None


@dataclass(kw_only=True)
class ResponseUrl:
    """A response_url: good for five uses and thirty minutes; `message` is the one it may replace."""

    token: str
    team_id: str
    channel: str
    user: str
    since: float
    message: Message | None = None
    uses: int = 0


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call of a Web API method and how it ended: an error code, or an empty one."""

    method: str
    args: JSON
    team: str
    at: float
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Ping:
    """Something in a posted text that Slack makes live: kind is channel, here, everyone, user, subteam, link or place."""

    kind: str
    target: str
    label: str
    channel: str
    ts: str


@dataclass(kw_only=True)
class Delivery:
    """A payload on its way to the app, and what came back."""

    envelope: JSON
    ack: JSON | None = None
    seconds: float | None = None
    """How long the app took to acknowledge; None while it has not."""
    failed: str = ""
    """What Slack shows when it went wrong: operation_timeout, dispatch_failed, cancelled (a confirm dialog), invalid_response."""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    """Sentences below the fields of a form, by block_id."""
    attempts: int = 0
    socket: int = 0
    status: int = 0
    confirm: JSON | None = None
    message: Message | None = None

    @property
    def payload(self) -> JSON:
        payload: JSON = self.envelope["payload"]
        return payload

    @property
    def acked(self) -> bool:
        return self.seconds is not None
