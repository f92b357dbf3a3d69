"""A message: what it holds, how Discord writes it, what a person sees of it, and whom it pings."""

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.discord.clock import born, stamp
from tests.wire.discord.components import BUTTON, LINK, SELECTS, TEXT, media, walk
from tests.wire.discord.faults import Json, items, within
from tests.wire.discord.limits import EPHEMERAL, HAS_THREAD, LOADING, V2
from tests.wire.discord.people import Channel, User
from tests.wire.discord.uploads import Attachment

if TYPE_CHECKING:
    from tests.wire.discord.world import World

PLAIN, REPLY, COMMAND, CONTEXT_MENU = 0, 19, 20, 23


@dataclass(frozen=True, kw_only=True)
class Control:
    """A button or a menu as a person sees it."""

    label: str
    custom_id: str
    disabled: bool
    style: int
    url: str
    emoji: str
    options: tuple[Json, ...]
    raw: Json = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A file as a person sees it in a message."""

    filename: str
    content: bytes = field(repr=False)
    alt: str
    spoiler: bool
    """Whether it is covered until somebody clicks it."""


@dataclass(kw_only=True, eq=False)
class Message:
    """One message, ephemeral ones too."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    flags: int = 0
    nonce: str | int | None = None
    type: int = PLAIN
    reply_to: "Message | None" = None
    edited: float | None = None
    edits: int = 0
    deleted: bool = False
    thread: Channel | None = None
    only_for: User | None = None
    """Whoever sees an ephemeral message."""
    interaction: Json | None = None
    """The interaction that it answers, as the message says it."""
    webhook: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    mentions: list[User] = field(default_factory=list[User])
    pings: set[str] = field(default_factory=set[str])
    """Whom it has pinged, edits included: names of people, `@role`, `@everyone`."""

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & V2)

    @property
    def prose(self) -> str:
        """The words in which a mention can ping: those outside embeds and controls."""
        return "\n".join([self.content, *(str(each["content"]) for each in walk(self.components) if each["type"] == TEXT)])

    @property
    def text(self) -> str:
        """All words that it shows, wherever they stand."""
        shown: list[str | None] = [self.prose.strip("\n")]
        for embed in self.embeds:
            shown += [
                embed.get("title"),
                embed.get("description"),
                *(f"{each['name']} {each['value']}" for each in items(embed, "fields")),
            ]
            shown += [within(embed, "footer").get("text"), within(embed, "author").get("name")]
        return "\n".join(each for each in shown if each)

    @property
    def controls(self) -> list[Control]:
        return [_control(each) for each in walk(self.components) if each["type"] in (BUTTON, *SELECTS)]

    @property
    def buttons(self) -> list[Control]:
        return [each for each in self.controls if each.raw["type"] == BUTTON]

    @property
    def labels(self) -> list[str]:
        return [each.label for each in self.buttons]

    @property
    def shown(self) -> list[Attachment]:
        """Attachments that a person sees: with components V2, only what a component shows."""
        if not self.is_v2:
            return self.attachments
        named = {item.get("url", "") for each in walk(self.components) for item in media(each)}
        return [each for each in self.attachments if f"attachment://{each.filename}" in named]

    @property
    def pictures(self) -> list[Picture]:
        """What is shown, with the words for those who do not see it; a gallery's own words and cover come before the file's."""
        if not self.is_v2:
            return [_picture(each, {}) for each in self.attachments]
        files = {f"attachment://{each.filename}": each for each in self.attachments}
        covered = [inner for each in self.components if each.get("spoiler") for inner in walk([each])]
        places = [(each, item) for each in walk(self.components) for item in items(each, "items") or [each] if media(each)]
        urls = [(within(item, "media") or within(item, "file")).get("url") for _, item in places]
        return [
            _picture(files[url], {**item, "spoiler": item.get("spoiler") or each in covered})
            for url, (each, item) in zip(urls, places, strict=True)
            if url in files
        ]

    @property
    def hidden(self) -> list[Attachment]:
        """Attachments that nobody sees."""
        shown = self.shown
        return [each for each in self.attachments if each not in shown]

    def payload(self, world: "World", viewer: User | None = None, *, redacted: bool = False) -> Json:
        """The message as the API writes it; `redacted` is how it looks to an app without the message content intent."""
        open_to = not redacted or self.open_to(viewer)
        files = {each.filename: each for each in self.attachments}
        body: Json = {
            "id": str(self.id), "channel_id": str(self.channel.id), "type": self.type, "author": self.author.payload, "flags": self.flags,
            "content": self.content if open_to else "", "embeds": _resolved(self.embeds, files, world) if open_to else [],
            "components": _resolved(self.components, files, world) if open_to else [],
            "attachments": [each.payload(world.cdn_url, world.clock.now()) for each in self.attachments] if open_to else [],
            "timestamp": stamp(born(self.id)), "edited_timestamp": stamp(self.edited) if self.edited else None,
            "tts": False, "pinned": False,
            "mention_everyone": "@everyone" in self.pings, "mentions": [each.payload for each in self.mentions], "mention_roles": [],
            "mention_channels": [],
        }  # fmt: skip
        if self.reactions:
            me = viewer.id if viewer else 0
            body["reactions"] = [_reaction(emoji, people, me) for emoji, people in self.reactions.items()]
        for name, value in (("nonce", self.nonce), ("interaction_metadata", self.interaction)):
            body |= {name: value} if value is not None else {}
        if self.webhook or self.interaction:
            body |= {"application_id": str(world.application_id), "webhook_id": str(world.application_id)}
        if self.thread:
            body["thread"] = self.thread.payload(viewer)
        return body | self._reference(world, viewer, redacted=redacted)

    def _reference(self, world: "World", viewer: User | None, *, redacted: bool) -> Json:
        target = self.reply_to
        if target is None:
            return {}
        reference: Json = {"type": 0, "message_id": str(target.id), "channel_id": str(target.channel.id)}
        if target.channel.guild:
            reference["guild_id"] = str(target.channel.guild.id)
        shallow = copy.copy(target)
        shallow.reply_to = None
        there = None if target.deleted else shallow.payload(world, viewer, redacted=redacted)
        return {"message_reference": reference, "referenced_message": there}

    def open_to(self, viewer: User | None) -> bool:
        """Whether an app sees the content without the intent: its own, in a direct message, or where it is mentioned."""
        return viewer is None or self.author is viewer or self.channel.guild is None or viewer in self.mentions

    def has_thread(self, thread: Channel) -> None:
        self.thread, self.flags = thread, self.flags | HAS_THREAD


def _picture(file: Attachment, item: Json) -> Picture:
    alt = item.get("description") or file.description or ""
    return Picture(filename=file.filename, content=file.content, alt=alt, spoiler=bool(item.get("spoiler") or file.spoiler))


def _control(raw: Json) -> Control:
    return Control(
        label=raw.get("label") or raw.get("placeholder") or "",
        custom_id=raw.get("custom_id") or "",
        disabled=bool(raw.get("disabled")),
        style=raw.get("style") or 0,
        url=raw.get("url") or "" if raw.get("style") == LINK else "",
        emoji=within(raw, "emoji").get("name") or "",
        options=tuple(items(raw, "options")),
        raw=raw,
    )


def _reaction(emoji: str, people: list[int], me: int) -> Json:
    details = {"burst": 0, "normal": len(people)}
    return {
        "emoji": {"id": None, "name": emoji}, "count": len(people), "me": me in people, "me_burst": False, "burst_colors": [],
        "count_details": details,
    }  # fmt: skip


def _resolved(tree: Any, files: dict[str, Attachment], world: "World") -> Any:
    """The same tree with `attachment://name` replaced by a link."""
    if isinstance(tree, list):
        return [_resolved(each, files, world) for each in tree]  # pyright: ignore[reportUnknownVariableType] - JSON
    if not isinstance(tree, dict):
        return tree
    body: Json = {name: _resolved(value, files, world) for name, value in tree.items()}  # pyright: ignore[reportUnknownVariableType] - JSON
    url = body.get("url")
    if isinstance(url, str) and "type" not in body:
        file = files.get(url.removeprefix("attachment://")) if url.startswith("attachment://") else None
        link = file.url(world.cdn_url, world.clock.now()) if file else url
        body |= {"url": link, "proxy_url": link}
        if file:
            body |= {"attachment_id": str(file.id), "width": file.width, "height": file.height, "content_type": file.media_type}
            body |= {"placeholder": "", "loading_state": 2}
    return body
