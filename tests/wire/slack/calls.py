"""A call of a Web API method: whose token it carries, what it may, and the answer that goes back."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.wire.slack.nouns import JSON, Channel, File, Refusal, Team
from tests.wire.slack.world import World


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call, its token and rate already looked at."""

    world: World
    method: str
    args: JSON
    team: Team

    def text(self, name: str) -> str:
        """An argument as text, empty where it is missing."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true"}

    def number(self, name: str, otherwise: int) -> int:
        try:
            return int(self.text(name) or otherwise)
        except ValueError as fault:
            raise Refusal("invalid_arguments") from fault

    def given(self, name: str, *, error: str = "invalid_arguments") -> Any:
        """A structured argument: as it is, or decoded from the JSON text that forms carry."""
        value = self.args.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value) if value.strip() else None
            except ValueError as fault:
                raise Refusal(error) from fault
        return value

    def need_scope(self, *scopes: str) -> None:
        """Refuse with missing_scope unless the installation has one of these scopes."""
        if not self.team.scopes & set(scopes):
            raise Refusal("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.team.scopes)))

    def channel(self, name: str = "channel", *, direct: bool = False) -> Channel:
        """A channel of this workspace by id; with `direct`, a person's id opens the direct messages. Refuses with channel_not_found."""
        where = self.text(name)
        if direct and where in self.team.users and not self.team.users[where].deleted:
            user = self.team.users[where]
            if user.bot:
                raise Refusal("channel_not_found")
            return self.world.direct_channel(user, self.team)
        if where not in self.team.channels:
            raise Refusal("channel_not_found")
        return self.team.channels[where]

    def readable(self, channel: Channel) -> None:
        """Refuse unless the bot is in the channel."""
        if self.team.bot.id not in channel.members:
            raise Refusal("not_in_channel" if channel.kind == "public" else "channel_not_found")

    def writable(self, channel: Channel) -> None:
        """Refuse unless the bot may post there."""
        inside = self.team.bot.id in channel.members
        if not inside and channel.kind != "public":
            raise Refusal("channel_not_found")
        if channel.archived:
            raise Refusal("is_archived")
        if not inside and "chat:write.public" not in self.team.scopes:
            raise Refusal("not_in_channel")

    def slack_file_fault(self, thing: JSON) -> str:
        """What is wrong with a slack_file: not there, not ours to show, not processed, or not a PNG, JPEG or GIF."""
        world = self.world
        if ("id" in thing) == ("url" in thing):
            return "invalid slack file"
        file = next((one for one in world.files.values() if thing in ({"id": one.id}, {"url": private_url(world, one)})), None)
        if file is None or file.deleted or file.team_id != self.team.id or not self.sees(file):
            return "invalid slack file"
        return "" if processed(world, file) and kind_of(file) in {"image/png", "image/jpeg", "image/gif"} else "invalid slack file"

    def sees(self, file: File) -> bool:
        """Whether the bot may see a file: its own, given to it in a form, or shared where it is."""
        shared = any(self.team.bot.id in self.team.channels[channel].members for channel in file.channels)
        return file.user == self.team.bot.id or file.given or shared


Handler = Callable[[Call], Awaitable[JSON] | JSON]
"""What a method does: the fields of its answer beside `ok`, or a Refusal."""


def processed(world: World, file: File) -> bool:
    """Whether Slack has looked into a file by now."""
    return file.completed and (file.polls <= 0 or world.now() >= file.due)


def kind_of(file: File) -> str:
    """A file's media type, told from its first bytes."""
    start = (file.content or b"")[:12]
    known = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    kinds = [kind for magic, kind in known.items() if start.startswith(magic)]
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    return kinds[0] if kinds else "application/octet-stream"


def private_url(world: World, file: File) -> str:
    return f"{world.url}/files-pri/{file.team_id}-{file.id}/{file.name}"


def describe_file(world: World, file: File) -> JSON:
    """A file object; what Slack finds out by looking into it is empty until it has."""
    done = processed(world, file)
    kind = kind_of(file) if done else ""
    about: JSON = {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": kind,
        "filetype": kind.partition("/")[2].replace("jpeg", "jpg"),
        "user": file.user,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "url_private": private_url(world, file),
        "url_private_download": private_url(world, file).replace("/files-pri/", "/files-pri/download/"),
        "permalink": f"{world.url}/files/{file.user}/{file.id}/{file.name}",
        "channels": sorted(file.channels) if done else [],
        "shares": {"public": {channel: [{}] for channel in sorted(file.channels)}} if done and file.channels else {},
    }
    return about
