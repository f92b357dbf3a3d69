"""The cast: whom one can act as and where they meet, so that one person alone can try quotas, rights and moderation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.grammar import Mark, Noun
from bot.model import Person, Place, Role

PLATFORM = "playground"
WORKSPACE = "studio"
LIMNER = "limner"
"""The bot's own id, among people's."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """Someone to act as."""

    id: str
    name: str
    title: str
    """What they do, in a few words."""
    colour: str
    """A word that the style sheet knows."""
    zone: str
    roles: frozenset[Role] = frozenset({Role.MEMBER})
    groups: frozenset[str] = frozenset()

    @property
    def person(self) -> Person:
        """The hub's noun for them."""
        return Person(
            platform=PLATFORM, workspace=WORKSPACE, id=self.id, name=self.name, roles=self.roles, groups=self.groups, zone=self.zone
        )


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where people meet."""

    id: str
    name: str
    topic: str
    age_restricted: bool = False
    owner: str = ""
    """The one person of a direct conversation with the bot; empty for a channel."""
    roles: frozenset[Role] = frozenset()
    """Who may look in, where not everybody may."""
    members: frozenset[str] = frozenset()
    """The people who have one of these roles."""

    def place(self, thread: str | None = None) -> Place:
        """The hub's noun for it."""
        return Place(
            platform=PLATFORM,
            workspace=WORKSPACE,
            channel=self.id,
            thread=thread,
            age_restricted=self.age_restricted,
            direct=bool(self.owner),
            private=bool(self.roles),
        )

    def seen_by(self, person: str) -> bool:
        """Whether a person may look in."""
        return self.owner in ("", person) and (not self.roles or person in self.members)


_PLAYERS = (
    Player(
        id="ada",
        name="Ada",
        title="Design lead",
        colour="violet",
        zone="Europe/London",
        roles=frozenset({Role.MEMBER, Role.ADMIN}),
    ),
    Player(id="grace", name="Grace", title="Illustrator", colour="teal", zone="America/New_York", groups=frozenset({"design"})),
    Player(id="linus", name="Linus", title="Front-end engineer", colour="amber", zone="Europe/Helsinki", groups=frozenset({"design"})),
    Player(
        id="maya",
        name="Maya",
        title="Brand and safety",
        colour="rose",
        zone="Asia/Kolkata",
        roles=frozenset({Role.MEMBER, Role.REVIEWER}),
        groups=frozenset({"brand"}),
    ),
    Player(id="kenji", name="Kenji", title="Product marketing", colour="sky", zone="Asia/Tokyo", groups=frozenset({"brand"})),
)

_CHANNELS = (
    Channel(id="general", name="general", topic="For everybody, and for trying Limner out"),
    Channel(id="design", name="design", topic="Screens, sketches and second opinions"),
    Channel(id="brand", name="brand", topic="Campaigns, covers and the look of things"),
    Channel(id="after-dark", name="after-dark", topic="Age-restricted: a different policy may apply here", age_restricted=True),
    Channel(
        id="review",
        name="review",
        topic="What waits for somebody to look at it; only reviewers and admins see this",
        roles=frozenset({Role.REVIEWER, Role.ADMIN, Role.OWNER}),
    ),
)


class Cast:
    """Everybody and every channel. `admins` are keys as BOT_ADMINS has them: `playground:grace`."""

    def __init__(self, admins: frozenset[str] = frozenset()) -> None:
        named = {key.partition(":")[2] for key in admins if key.startswith(f"{PLATFORM}:")}
        self.players = {
            player.id: replace(player, roles=player.roles | {Role.ADMIN}) if player.id in named else player for player in _PLAYERS
        }
        direct = [
            Channel(id=f"dm-{player.id}", name="Limner", topic="Only you and Limner: just say what to draw", owner=player.id)
            for player in _PLAYERS
        ]
        channels = [replace(channel, members=frozenset(self._with(channel.roles))) for channel in _CHANNELS]
        self.channels = {channel.id: channel for channel in (*channels, *direct)}
        self.groups = {
            group: frozenset(id_ for id_, player in self.players.items() if group in player.groups)
            for group in sorted({group for player in _PLAYERS for group in player.groups})
        }

    @property
    def marks(self) -> dict[str, Mark]:
        """Groups and channels by what people type: `@design`, `#brand`."""
        groups = {f"@{group}": Mark(noun=Noun.GROUP, id=group) for group in self.groups}
        return groups | {
            f"#{channel.name}": Mark(noun=Noun.CHANNEL, id=channel.id) for channel in self.channels.values() if not channel.owner
        }

    def name(self, mark: Mark) -> str:
        """What a mark is called, with its sign; the mark itself where nobody here is."""
        match mark.noun:
            case Noun.PERSON if mark.id in self.players:
                return f"@{self.players[mark.id].name}"
            case Noun.GROUP if mark.id in self.groups:
                return f"@{mark.id}"
            case Noun.CHANNEL if mark.id in self.channels:
                return f"#{self.channels[mark.id].name}"
            case _:
                return str(mark)

    def _with(self, roles: frozenset[Role]) -> Iterator[str]:
        return (player.id for player in self.players.values() if player.roles & roles)

    def seen_by(self, person: str) -> Iterator[Channel]:
        """The channels a person may look into, as they are listed."""
        return (channel for channel in self.channels.values() if channel.seen_by(person))
