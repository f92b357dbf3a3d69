"""What somebody may do in a channel: Discord's bits, and how roles and overwrites make them."""

from tests.wire.discord.faults import Fault
from tests.wire.discord.people import Channel, Guild, User

ADD_REACTIONS = 1 << 6
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW = 1 << 10
SEND = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_IN_THREADS = 1 << 38
USE_EXTERNAL_APPS = 1 << 50
EVERYTHING = (1 << 53) - 1
USUAL = (
    VIEW | SEND | READ_HISTORY | ADD_REACTIONS | ATTACH_FILES | EMBED_LINKS | CREATE_PUBLIC_THREADS | SEND_IN_THREADS
    | USE_COMMANDS | USE_EXTERNAL_APPS
)  # fmt: skip
"""What everybody may do in a server of ours unless a channel says otherwise."""
DIRECT = VIEW | SEND | READ_HISTORY | ADD_REACTIONS | ATTACH_FILES | EMBED_LINKS | USE_COMMANDS
INVITED = 309_237_763_136
"""What the bot's own role has: the recommended invitation."""


def overall(user: User, guild: Guild) -> int:
    """The permissions of a member in a server as a whole, before any channel has its say."""
    if guild.owner_id == user.id:
        return EVERYTHING
    bits = guild.everyone.permissions
    for role in guild.members[user.id].roles:
        bits |= role.permissions
    return EVERYTHING if bits & ADMINISTRATOR else bits


def allowed(user: User, channel: Channel) -> int:
    """The permissions of `user` in `channel`; a thread has its parent's."""
    where = channel.parent or channel
    if where.guild is None:
        return DIRECT if user in where.recipients else 0
    member = where.guild.members.get(user.id)
    if member is None:
        return 0
    bits = overall(user, where.guild)
    if bits == EVERYTHING:
        return bits
    layers = [[where.guild.id], [role.id for role in member.roles], [user.id]]
    for layer in layers:
        deny = allow = 0
        for target in layer:
            more, less = where.overwrites.get(target, (0, 0))
            allow, deny = allow | more, deny | less
        bits = bits & ~deny | allow
    return bits if bits & VIEW else 0


def require(user: User, channel: Channel, *bits: int) -> None:
    """Raises 50001 where `user` sees nothing, 50013 where one of `bits` is missing."""
    has = allowed(user, channel)
    if not has & VIEW:
        raise Fault(50001)
    if any(not has & bit for bit in bits):
        raise Fault(50013)


def sending(channel: Channel) -> int:
    """The permission that posting here needs: threads have one of their own."""
    return SEND_IN_THREADS if channel.is_thread else SEND
