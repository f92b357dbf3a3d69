"""The directory: whom a rule can be about on a server, as options complete it, lines name it and buttons label it.

An option that takes a person, a role, a channel or a word is a text with completion: Discord has an option for people and roles, one for
channels and none for words, and a command with three fields for one thing would not read like the others. What is chosen from the list
arrives as a mark, what is picked with `@` or `#` in the field as Discord's own mention, and what is typed by hand is found here by name.

Discord tells the bot of roles and channels, and only of those people whom it met lately; anybody else is picked with `@`. Channels that the
person cannot see are neither offered nor found.
"""

from collections.abc import Iterator

import discord

from bot.grammar import Mark, Noun
from bot.model import Kind

Viewer = discord.Member | None
"""Who asks; None for somebody of whom nothing is known."""
_PLACES = (discord.TextChannel, discord.VoiceChannel, discord.ForumChannel, discord.StageChannel)
_ROLES, _CHANNELS, _PEOPLE = 10, 8, 6
"""At most so many of each are offered at once."""


def known(guild: discord.Guild | None, viewer: Viewer) -> dict[str, Mark]:
    """Marks by what people type: `@illustrators`, `#general`, `@grace`. A name that two have is nobody's."""
    found: dict[str, Mark | None] = {}
    for name, mark in _everything(guild, viewer):
        key = name.casefold()
        found[key] = mark if found.get(key, mark) == mark else None
    return {name: mark for name, mark in found.items() if mark}


def offers(guild: discord.Guild | None, viewer: Viewer, kind: Kind, typed: str) -> list[tuple[str, str]]:
    """What an option can be completed with: what is shown, and the mark that is sent."""
    if guild is None or kind not in {Kind.SUBJECT, Kind.CHANNEL}:
        return []
    wanted = typed.strip().casefold()
    left = {Noun.GROUP: _ROLES if kind is Kind.SUBJECT else 0, Noun.CHANNEL: _CHANNELS, Noun.PERSON: _PEOPLE if kind is Kind.SUBJECT else 0}
    found: dict[str, str] = {}
    for name, mark in _everything(guild, viewer):
        if str(mark) in found.values() or not left[mark.noun] or (wanted not in name.casefold() and wanted != str(mark)):
            continue
        left[mark.noun] -= 1
        shown = f"{name} (role)" if mark.noun is Noun.GROUP else name
        found.setdefault(shown[:100], str(mark))
    return list(found.items())


def name_of(client: discord.Client, mark: Mark) -> str:
    """What a mark is called, with its sign, for where Discord shows no mentions."""
    if not mark.id.isdecimal():
        return str(mark)
    number = int(mark.id)
    match mark.noun:
        case Noun.CHANNEL:
            channel = client.get_channel(number)
            return f"#{getattr(channel, 'name', '')}" if getattr(channel, "name", "") else "a channel"
        case Noun.GROUP:
            role = next((role for guild in client.guilds if (role := guild.get_role(number))), None)
            return f"@{role.name.removeprefix('@')}" if role else "a role"
        case Noun.PERSON:
            user = client.get_user(number)
            return f"@{user.display_name}" if user else "somebody"


def _everything(guild: discord.Guild | None, viewer: Viewer) -> Iterator[tuple[str, Mark]]:
    """Names with their signs, roles first, the highest before the others; a person under every name they have."""
    if guild is None:
        return
    for role in sorted(guild.roles, reverse=True):
        # A bot's own role has one member, who asks for nothing.
        if not role.is_default() and not role.is_bot_managed():
            yield f"@{role.name}", Mark(noun=Noun.GROUP, id=str(role.id))
    for channel in guild.channels:
        if isinstance(channel, _PLACES) and _sees(channel, viewer):
            yield f"#{channel.name}", Mark(noun=Noun.CHANNEL, id=str(channel.id))
    for member in guild.members:
        if not member.bot:
            for name in dict.fromkeys((member.display_name, member.name)):
                yield f"@{name}", Mark(noun=Noun.PERSON, id=str(member.id))


def _sees(channel: discord.abc.GuildChannel, viewer: Viewer) -> bool:
    who: discord.Member | discord.Role = viewer or channel.guild.default_role
    return channel.permissions_for(who).view_channel
