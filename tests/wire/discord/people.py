"""People, roles, servers and channels, and how Discord writes them."""

from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.clock import stamp
from tests.wire.discord.faults import Json

TEXT, DM, GROUP, ANNOUNCEMENTS, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 3, 5, 10, 11, 12, 15
THREADS = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
MIB = 1024 * 1024
FILE_LIMITS = (10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB)
"""Bytes a file may have, by the boost tier of the server."""


@dataclass(kw_only=True, eq=False)
class User:
    """Somebody with an account, a bot too."""

    id: int
    name: str
    display: str = ""
    bot: bool = False
    locale: str = "en-US"
    takes_messages: bool = True
    """Whether others may write to them directly."""

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def payload(self) -> Json:
        return {
            "id": str(self.id), "username": self.name, "global_name": self.display or None, "discriminator": "0000" if self.bot else "0",
            "avatar": None, "bot": self.bot, "system": False, "public_flags": 0, "flags": 0,
        }  # fmt: skip


@dataclass(kw_only=True, eq=False)
class Role:
    """What some members of a server have in common."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    mentionable: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    @property
    def payload(self) -> Json:
        return {
            "id": str(self.id), "name": self.name, "permissions": str(self.permissions), "position": self.position, "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "hoist": False, "managed": False,
            "mentionable": self.mentionable, "icon": None, "unicode_emoji": None, "flags": 0,
        }  # fmt: skip


@dataclass(kw_only=True, eq=False)
class Member:
    """A person in a server."""

    user: User
    roles: list[Role] = field(default_factory=list[Role])
    nick: str | None = None

    @property
    def bare(self) -> Json:
        """The member without the user, as a message has it."""
        return {
            "nick": self.nick, "roles": [str(role.id) for role in self.roles], "joined_at": stamp(1_600_000_000),
            "deaf": False, "mute": False,
            "flags": 0, "pending": False, "avatar": None, "banner": None, "premium_since": None, "communication_disabled_until": None,
        }  # fmt: skip

    @property
    def payload(self) -> Json:
        return {**self.bare, "user": self.user.payload}


@dataclass(kw_only=True, eq=False)
class Channel:
    """A place to write in: of a server, between people, or a thread."""

    id: int
    name: str
    kind: int = TEXT
    guild: "Guild | None" = None
    nsfw: bool = False
    parent: "Channel | None" = None
    owner_id: int = 0
    archived: bool = False
    locked: bool = False
    archive_after: int = 1440
    recipients: list[User] = field(default_factory=list[User])
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """By the id of a role or a member: what is allowed, what is denied."""
    joined: set[int] = field(default_factory=set[int])
    message_count: int = 0
    last_message_id: int | None = None

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def file_limit(self) -> int:
        return FILE_LIMITS[self.guild.tier] if self.guild else FILE_LIMITS[0]

    def payload(self, viewer: User | None = None) -> Json:
        """The channel as the API writes it; a direct message has everybody but the viewer as recipients."""
        last = str(self.last_message_id) if self.last_message_id else None
        common: Json = {"id": str(self.id), "type": self.kind, "last_message_id": last, "flags": 0}
        if self.guild is None:
            return {**common, "recipients": [user.payload for user in self.recipients if user is not viewer]}
        common |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        if self.parent is not None:
            return {
                **common, "parent_id": str(self.parent.id), "owner_id": str(self.owner_id), "message_count": self.message_count,
                "total_message_sent": self.message_count, "member_count": len(self.joined), "applied_tags": [],
                "thread_metadata": {
                    "archived": self.archived, "locked": self.locked, "auto_archive_duration": self.archive_after,
                    "archive_timestamp": stamp(1_600_000_000), "create_timestamp": stamp(1_600_000_000), "invitable": True,
                },
            }  # fmt: skip
        layers: list[Json] = [
            {"id": str(target), "type": int(target in self.guild.members), "allow": str(allow), "deny": str(deny)}
            for target, (allow, deny) in self.overwrites.items()
        ]
        tail: Json = {"available_tags": [], "default_reaction_emoji": None, "default_forum_layout": 0} if self.kind == FORUM else {}
        return {**common, **tail, "position": 0, "parent_id": None, "topic": None, "nsfw": self.nsfw, "permission_overwrites": layers}


@dataclass(kw_only=True, eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    everyone: Role
    roles: list[Role] = field(default_factory=list[Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channels: list[Channel] = field(default_factory=list[Channel])
    threads: list[Channel] = field(default_factory=list[Channel])
    tier: int = 0
    """The boost tier, 0 to 3, which decides how large a file may be."""
    locale: str = "en-US"

    @property
    def partial(self) -> Json:
        return {"id": str(self.id), "locale": self.locale, "features": []}

    @property
    def payload(self) -> Json:
        return {
            "id": str(self.id), "name": self.name, "icon": None, "splash": None, "discovery_splash": None, "owner_id": str(self.owner_id),
            "afk_channel_id": None, "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "roles": [role.payload for role in (self.everyone, *self.roles)], "emojis": [], "features": [],
            "mfa_level": 0, "application_id": None, "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None,
            "vanity_url_code": None, "description": None, "banner": None, "premium_tier": self.tier, "premium_subscription_count": 0,
            "preferred_locale": self.locale, "public_updates_channel_id": None, "nsfw_level": 0, "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None, "max_members": 500_000, "max_presences": None, "stickers": [],
        }  # fmt: skip

    def full(self, viewer: User) -> Json:
        """The server as GUILD_CREATE has it: with channels and threads, and only the viewer as a member, without the members intent."""
        return {
            **self.payload, "joined_at": stamp(1_600_000_000), "large": False, "unavailable": False, "member_count": len(self.members),
            "voice_states": [], "members": [self.members[viewer.id].payload], "channels": [each.payload(viewer) for each in self.channels],
            "threads": [each.payload(viewer) for each in self.threads if not each.archived], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


def named(things: Any, name: str) -> Any:
    """The first of `things` that has this name."""
    return next((thing for thing in things if thing.name == name), None)
