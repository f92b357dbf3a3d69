"""Hearing: what somebody wrote, as a line of plain words."""

import re

import discord

_CHANNEL = re.compile(r"<#(\d{15,21})>")
_ROLE = re.compile(r"<@&(\d{15,21})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{15,21}>")
_MEMBER = re.compile(r"<@!(\d{15,21})>")
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
    """Makes words of what Discord writes in its own signs: channels, roles, emoji, commands. People stay canonical mentions."""

    def __init__(self, guild: discord.Guild | None) -> None:
        self._guild = guild

    def __call__(self, text: str) -> str:
        """The text, as somebody reads it."""
        text = _MEMBER.sub(r"<@\1>", text)
        text = _EMOJI.sub(r"\1", text)
        text = _COMMAND.sub(r"/\1", text)
        text = _CHANNEL.sub(lambda found: f"#{self._named('channel', found[1])}", text)
        return _ROLE.sub(lambda found: f"@{self._named('role', found[1])}", text)

    def _named(self, kind: str, number: str) -> str:
        guild = self._guild
        if guild is None:
            return kind
        thing = guild.get_channel_or_thread(int(number)) if kind == "channel" else guild.get_role(int(number))
        return thing.name if thing else kind
