"""Permissions: what the bot needs in a place, and which of it is missing, by the names that Discord's settings show."""

import discord

from adapters.platforms.discord.faults import DiscordFault
from bot.model import Place


def needed(*, thread: bool, files: bool) -> dict[str, str]:
    """The permissions that a message needs: discord.py's name of each, and the one that people read."""
    found = {"view_channel": "View Channel"}
    found |= {"send_messages_in_threads": "Send Messages in Threads"} if thread else {"send_messages": "Send Messages"}
    return found | ({"attach_files": "Attach Files"} if files else {})


def missing(rights: discord.Permissions, *, thread: bool, files: bool) -> list[str]:
    """The names of those that are not among `rights`."""
    return [shown for name, shown in needed(thread=thread, files=files).items() if not getattr(rights, name)]


def named(client: discord.Client, place: Place, fault: DiscordFault, *, files: bool) -> DiscordFault:
    """A fault for want of a permission, with the permission's name: the missing one where it is known, else those that are needed."""
    thread = place.thread is not None
    channel = client.get_channel(int(place.channel)) if place.channel.isdecimal() else None
    lacking: list[str] = []
    if isinstance(channel, discord.abc.GuildChannel):
        lacking = missing(channel.permissions_for(channel.guild.me), thread=thread, files=files)
    names = ", ".join(lacking or needed(thread=thread, files=files).values())
    where = "in that thread's channel" if thread else "in that channel"
    sentence = (
        f"I lack a permission {where}: {names}. An admin can give it to me." if lacking else f"I need these permissions {where}: {names}."
    )
    return DiscordFault(sentence, permanent=True, code=fault.code, status=fault.status)
