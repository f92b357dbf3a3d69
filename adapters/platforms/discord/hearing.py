"""Hearing: what somebody wrote, as a line of plain words."""

import re

import discord

from adapters.platforms.discord import directory
from bot.grammar import Mark, Noun, label, mark_names

_CHANNEL = re.compile(r"<#(\d{15,21})>")
_ROLE = re.compile(r"<@&(\d{15,21})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{15,21}>")
_MEMBER = re.compile(r"<@!(\d{15,21})>")
_SIGNED = re.compile(r"(?<!<)[@#]\S")
"""A name that somebody typed by hand."""
_DASHES = ("--", "—", "–")
"""How a flag begins, as typed and as phones write it."""
_COMMAND = re.compile(r"</([^:<>]{1,100}):\d{15,21}>")


def hear(text: str, me: int, *, direct: bool) -> str:
    """The line in what somebody wrote: after the bot's name in a channel, all of it in a direct conversation; empty for chatter."""
    before, mention, after = _MEMBER.sub(r"<@\1>", text).partition(f"<@{me}>")
    if mention and (not direct or not before.strip()):
        line = after.strip(" ,:\n\t").removeprefix("/").strip()
        # Named at the end of a sentence ("thanks @Limner"), the bot is spoken about, not asked.
        return line or ("" if before.strip() else "help")
    return text.strip().removeprefix("/").strip() if direct else ""


class Tidy:
    """Makes words of what Discord writes in its own signs: emoji, commands. People, roles and channels are marks, the latter with names.

    `viewer` is who wrote it: whatever they typed by hand is found among what they can see.
    """

    def __init__(self, guild: discord.Guild | None, viewer: discord.Member | None = None) -> None:
        self._guild = guild
        self._viewer = viewer

    def __call__(self, text: str) -> str:
        """A value, as the grammar reads it."""
        return self._tidy(text, joined=False)

    def line(self, text: str) -> str:
        """A line, in which a name is one word whatever it is on the server."""
        return self._tidy(text, joined=True)

    def _tidy(self, text: str, *, joined: bool) -> str:
        text = _MEMBER.sub(r"<@\1>", text)
        text = _EMOJI.sub(r"\1", text)
        text = _COMMAND.sub(r"/\1", text)
        text = _CHANNEL.sub(lambda found: self._marked(Mark(noun=Noun.CHANNEL, id=found[1]), joined=joined), text)
        text = _ROLE.sub(lambda found: self._marked(Mark(noun=Noun.GROUP, id=found[1]), joined=joined), text)
        return mark_names(text, directory.known(self._guild, self._viewer)) if self._guild and _SIGNED.search(text) else text

    def _marked(self, mark: Mark, *, joined: bool) -> str:
        channel = mark.noun is Noun.CHANNEL
        if self._guild is None:
            return f"{mark.sign}{'channel' if channel else 'role'}"
        thing = self._guild.get_channel_or_thread(int(mark.id)) if channel else self._guild.get_role(int(mark.id))
        if isinstance(thing, discord.Role) and thing.is_default():
            return "@everyone"
        name = thing.name if thing else "channel" if channel else "role"
        return label(mark, name.replace(" ", "_") if joined else name)
