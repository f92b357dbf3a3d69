"""Spelling: what Slack makes of the text that a person typed before an app gets it."""

import re

from tests.wire.slack.nouns import Team

BROADCASTS = ("channel", "here", "everyone")


def escape(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spell(text: str, team: Team, *, command: bool = False) -> str:
    """Text as payloads carry it: escaped, with people, channels and addresses resolved; a command's people come with their names."""
    users = {user.name: user for user in team.users.values()}
    groups = {group.handle: group for group in team.groups.values()} if team.paid else {}
    channels = {channel.name: channel for channel in team.channels.values() if channel.kind in {"public", "private"}}

    def person(match: re.Match[str]) -> str:
        name = match[1]
        if name in BROADCASTS:
            return f"<!{name}>"
        if name in groups and not command:
            # What is typed into a slash command by hand stays as it is; what is chosen from the list is marked.
            return f"<!subteam^{groups[name].id}|@{name}>"
        if name not in users:
            return match[0]
        return f"<@{users[name].id}|{name}>" if command else f"<@{users[name].id}>"

    def place(match: re.Match[str]) -> str:
        channel = channels.get(match[1])
        if channel is None:
            return match[0]
        return f"<#{channel.id}|{'' if channel.kind == 'private' else channel.name}>"

    parts = re.split(r"(https?://\S+)", text)
    spelt = [re.sub(r"(?<![\w&])#([a-z0-9_-]+)", place, re.sub(r"(?<![\w&])@([a-z0-9_-]+)", person, escape(part))) for part in parts[::2]]
    links = [f"<{escape(part)}>" for part in parts[1::2]]
    return "".join(piece for pair in zip(spelt, [*links, ""], strict=True) for piece in pair)
