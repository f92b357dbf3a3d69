"""The people and places that every test begins with."""

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.wire.discord.clock import Clock
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.mischief import Mischief
from tests.wire.discord.people import ANNOUNCEMENTS, DM, FORUM, PUBLIC_THREAD, TEXT, Channel, Guild, Member, Role, User
from tests.wire.discord.permissions import (
    ADD_REACTIONS,
    ADMINISTRATOR,
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    INVITED,
    MANAGE_MESSAGES,
    MENTION_EVERYONE,
    READ_HISTORY,
    SEND,
    SEND_IN_THREADS,
    USUAL,
    VIEW,
)
from tests.wire.discord.world import World

DENIED = {
    "no-view": VIEW, "no-sending": SEND, "no-files": ATTACH_FILES, "no-embeds": EMBED_LINKS, "no-threads": CREATE_PUBLIC_THREADS,
    "no-posts-in-threads": SEND_IN_THREADS, "no-reactions": ADD_REACTIONS, "no-history": READ_HISTORY,
}  # fmt: skip
"""Channels by what the bot may not do there."""


def token_of(number: int) -> str:
    """A token as Discord makes them: the app's id, a time and a secret, with dots between."""
    first = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    return f"{first}.G{secrets.token_urlsafe(4)[:5]}.{secrets.token_urlsafe(28)}"


def make_world() -> World:
    """Two servers with the bot, one without it, and people in them."""
    clock = Clock()
    people = [
        User(id=clock.snowflake(), name=name, display=display, bot=bot, locale=locale)
        for name, display, bot, locale in (
            ("grace", "Grace", False, "en-US"), ("ada", "Ada", False, "en-GB"), ("ivy", "Ivy", False, "de"), ("beep", "", True, "en-US"),
            ("limner", "", True, "en-US"),
        )
    ]  # fmt: skip
    bot = people[-1]
    token = token_of(bot.id)
    world = World(
        clock=clock,
        bot=bot,
        token=token,
        key=Ed25519PrivateKey.generate(),
        gateway=Gateway(clock=clock, bot=bot, token=token),
        mischief=Mischief(),
    )
    world.users = {person.id: person for person in people}
    grace, ada, ivy, beep, _ = people
    workshop = make_guild(world, "Workshop", grace, [grace, ada, ivy, beep, bot])
    illustrators = Role(id=clock.snowflake(), name="Illustrators", permissions=MANAGE_MESSAGES, position=2, mentionable=True)
    admins = Role(id=clock.snowflake(), name="Admins", permissions=ADMINISTRATOR, position=3)
    ours = Role(id=clock.snowflake(), name="Limner", permissions=INVITED | MENTION_EVERYONE, position=4)
    workshop.roles += [illustrators, admins, ours]
    for person, role in ((ivy, illustrators), (grace, admins), (bot, ours)):
        workshop.members[person.id].roles.append(role)
    general = add_channel(world, workshop, "general")
    add_channel(world, workshop, "grown-ups", nsfw=True)
    add_channel(world, workshop, "announcements", kind=ANNOUNCEMENTS)
    add_channel(world, workshop, "ideas", kind=FORUM)
    for name, bits in DENIED.items():
        add_channel(world, workshop, name).overwrites[bot.id] = (0, bits)
    add_thread(world, general, "sketches", ada)
    add_thread(world, general, "attic", ada).archived = True
    elsewhere = make_guild(world, "Elsewhere", ada, [ada, ivy, bot])
    add_channel(world, elsewhere, "lobby")
    far = make_guild(world, "Far away", ivy, [ivy, ada])
    add_channel(world, far, "far")
    add_channel(world, far, "far-and-closed").overwrites[far.id] = (0, 1 << 50)
    private = Channel(id=clock.snowflake(), name="between ada and ivy", kind=DM, recipients=[ada, ivy])
    world.channels[private.id] = private
    world.gateway.guilds = world.guilds
    return world


def make_guild(world: World, name: str, owner: User, people: list[User]) -> Guild:
    number = world.clock.snowflake() + (len(world.guilds) << 22)
    world.clock.last = number
    everyone = Role(id=number, name="@everyone", permissions=USUAL, position=0)
    guild = Guild(id=number, name=name, owner_id=owner.id, everyone=everyone, members={person.id: Member(user=person) for person in people})
    world.guilds.append(guild)
    return guild


def add_channel(world: World, guild: Guild, name: str, *, kind: int = TEXT, nsfw: bool = False) -> Channel:
    channel = Channel(id=world.clock.snowflake(), name=name, kind=kind, guild=guild, nsfw=nsfw)
    guild.channels.append(channel)
    world.channels[channel.id] = channel
    return channel


def add_thread(world: World, parent: Channel, name: str, owner: User) -> Channel:
    thread = Channel(
        id=world.clock.snowflake(), name=name, kind=PUBLIC_THREAD, guild=parent.guild, parent=parent, owner_id=owner.id, nsfw=parent.nsfw,
        joined={owner.id},
    )  # fmt: skip
    if parent.guild:
        parent.guild.threads.append(thread)
    world.channels[thread.id] = thread
    return thread
