"""People and places: who asks, and where it is said."""

from dataclasses import dataclass
from enum import StrEnum

NOWHERE = "dm"
"""The workspace of conversations that belong to none, on platforms where a person and the bot meet outside of all of them."""


class Role(StrEnum):
    """What a person may do; platforms map their own roles onto these."""

    MEMBER = "member"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    OWNER = "owner"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone on a platform."""

    platform: str
    workspace: str
    id: str
    name: str = ""
    roles: frozenset[Role] = frozenset({Role.MEMBER})
    groups: frozenset[str] = frozenset()
    """Ids of the platform's groups (user groups, roles) this person is in, as far as the platform tells; right within some minutes."""
    zone: str = ""
    """IANA time zone, or empty where the platform does not tell."""
    language: str = ""
    """BCP 47 tag such as `de` or `pt-BR`, or empty where the platform does not tell."""

    @property
    def key(self) -> str:
        """`platform:workspace:id`: under this the journal counts what a person uses."""
        return f"{self.platform}:{self.workspace}:{self.id}"

    @property
    def mention(self) -> str:
        """The canonical mention, which every platform's inbound side writes and outbound side reads."""
        return f"<@{self.id}>"

    @property
    def administers(self) -> bool:
        """Whether this person may set rules for others."""
        return bool(self.roles & {Role.ADMIN, Role.OWNER})

    @property
    def moderates(self) -> bool:
        """Whether this person may cancel and delete what others made."""
        return bool(self.roles & {Role.REVIEWER, Role.ADMIN, Role.OWNER})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is said: a channel, or a thread in it."""

    platform: str
    workspace: str
    channel: str
    thread: str | None = None
    age_restricted: bool = False
    direct: bool = False
    """True in a conversation between one person and the bot."""
    private: bool = False
    """True where only those invited can read: a private channel, a conversation of a few people."""
