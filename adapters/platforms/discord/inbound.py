"""Theirs to ours: who did it, where, and what an interaction, a message or a reaction says."""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from adapters.platforms.discord.hearing import Tidy, hear
from adapters.platforms.discord.menu import FILE, PERSON, SHORTCUTS
from adapters.platforms.discord.posts import DIRECT
from adapters.platforms.discord.settings import DiscordSettings
from adapters.platforms.discord.shapes import JSON
from bot.model import Attachment, CommandSpec, Invocation, Origin, Person, Place, Post, Role, Value

PLATFORM = "discord"
_KNOWN = 10_000
_LOOKS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic", ".svg", ".tif", ".tiff", ".bmp")
"""How a picture's name ends: what is named so and is none is refused with a sentence, not left aside in silence."""
_DASHES = ("--", "—", "–")
"""How flags begin; phones make one dash of two."""
Channel = discord.abc.Snowflake
"""Whatever can be written in: a channel, a thread or a conversation."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place, and whether the bot itself is there: where only a person brought it along, all it has is the interaction."""

    place: Place
    outside: bool = False


class Reader:
    """Reads people, with what was last seen of them: a reaction and a message tell less than an interaction does."""

    def __init__(self, settings: DiscordSettings) -> None:
        self._admins = {int(each) for each in settings.admin_roles}
        self._reviewers = {int(each) for each in settings.reviewer_roles}
        self._known: OrderedDict[int, tuple[str, str]] = OrderedDict()

    def person(
        self, user: discord.abc.User, place: Place, *, rights: discord.Permissions | None = None, language: str = "", outside: bool = False
    ) -> Person:
        """A person. `outside`: where the bot was only brought along, nobody is more than a member, whatever they are there."""
        name, known = self._known.pop(user.id, ("", ""))
        found = (user.display_name or name, language or known)
        self._known[user.id] = found
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        member = user if isinstance(user, discord.Member) and not outside else None
        roles = self._roles(member, rights or member.guild_permissions) if member else {Role.MEMBER}
        return Person(
            platform=PLATFORM,
            workspace=place.workspace,
            id=str(user.id),
            name=found[0],
            roles=frozenset(roles),
            groups=frozenset(str(role.id) for role in member.roles if not role.is_default()) if member else frozenset(),
            language=found[1],
        )

    def stranger(self, user: int, place: Place) -> Person:
        """Somebody of whom only the id came, as with a reaction in a direct conversation."""
        name, language = self._known.get(user, ("", ""))
        return Person(platform=PLATFORM, workspace=place.workspace, id=str(user), name=name, language=language)

    def _roles(self, member: discord.Member, rights: discord.Permissions) -> set[Role]:
        found = {Role.MEMBER}
        held = {role.id for role in member.roles}
        if rights.administrator or rights.manage_guild or held & self._admins:
            found.add(Role.ADMIN)
        if rights.manage_messages or held & self._reviewers:
            found.add(Role.REVIEWER)
        if member.guild.owner_id == member.id:
            found |= {Role.ADMIN, Role.OWNER}
        return found


def where(interaction: discord.Interaction[Any]) -> Where:
    """Where an interaction happened. Raises ValueError for one that happened nowhere."""
    channel = interaction.channel
    if channel is None:
        raise ValueError("an interaction without a channel")
    if interaction.guild_id is None:
        # Between people, or in a group: somebody brought the bot along. Without a context, it is an old client's direct message.
        outside = interaction.context.private_channel is True or not isinstance(channel, discord.DMChannel)
        return Where(place=conversation(channel.id, outside=outside), outside=outside)
    outside = interaction.client.get_guild(interaction.guild_id) is None
    found = place_of(channel, interaction.guild_id)
    # What a server that the bot does not know shows to whom is unknown too, so nothing is taken from there to elsewhere.
    return Where(place=replace(found, private=True) if outside else found, outside=outside)


def place_of(channel: Channel, guild_id: int | None) -> Place:
    """The place of a channel or thread of a server; without a server, a direct conversation with the bot."""
    if guild_id is None:
        return conversation(channel.id)
    thread = channel if isinstance(channel, discord.Thread) else None
    home = thread.parent if thread else channel
    return Place(
        platform=PLATFORM,
        workspace=str(guild_id),
        channel=str(thread.parent_id if thread else channel.id),
        thread=str(thread.id) if thread else None,
        age_restricted=_is_restricted(thread) or _is_restricted(home),
        private=(thread is not None and thread.is_private()) or _is_closed(home),
    )


def conversation(channel: int, *, outside: bool = False) -> Place:
    """A conversation in no server. Age is checked by nobody there, so what needs it stays away."""
    return Place(platform=PLATFORM, workspace=DIRECT, channel=str(channel), direct=not outside, private=outside)


def _is_restricted(channel: object) -> bool:
    check = getattr(channel, "is_nsfw", None)
    return bool(check and check())


def _is_closed(channel: object) -> bool:
    """Whether some people of the server cannot read a channel."""
    if not isinstance(channel, discord.abc.GuildChannel):
        return False
    everybody = channel.guild.default_role
    # A server that is not loaded yet has no roles, though its type says that this one is always there.
    return everybody is not None and not channel.permissions_for(everybody).view_channel  # pyright: ignore[reportUnnecessaryComparison] - see above


def options_of(data: Mapping[str, Any], tidy: Tidy) -> tuple[dict[str, Value], tuple[Attachment, ...]]:
    """A command's options and its files, from an interaction's data."""
    values: dict[str, Value] = {}
    files: list[Attachment] = []
    resolved = _inside(data, "resolved", "attachments")
    for option in _listed(data, "options"):
        name, value = str(option["name"]), option.get("value")
        match option.get("type"):
            case kind if kind == FILE:
                files.append(attachment_of(resolved[str(value)]))
            case kind if kind == PERSON:
                values[name] = f"<@{value}>"
            case _ if isinstance(value, str):
                values[name] = tidy(value)
            case _ if isinstance(value, bool | int | float):
                values[name] = value
            case _:
                pass
    return values, tuple(files)


def spoken(spec: CommandSpec, options: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
    """A command's line and the options beside it.

    A whole line that somebody copies arrives in the first field, flags and all (`a red fox --seed 42`), so there they are read as flags.
    """
    first = next((option for option in spec.options if option.positional), None)
    words = options.get(first.name) if first and first.rest else None
    if first is None or not isinstance(words, str) or not any(dash in words for dash in _DASHES):
        return spec.name, dict(options)
    return f"{spec.name} {words}", {name: value for name, value in options.items() if name != first.name}


def focused(data: Mapping[str, Any]) -> tuple[str, str]:
    """The option that is being typed into, and what it holds so far."""
    given = _listed(data, "options")
    return next(((str(each["name"]), str(each.get("value") or "")) for each in given if each.get("focused")), ("", ""))


def _listed(data: Mapping[str, Any], name: str) -> Sequence[JSON]:
    return data.get(name) or ()


def _inside(data: Mapping[str, Any], *path: str) -> JSON:
    """A part of a payload by its path; empty where it is not there."""
    found: JSON = dict(data)
    for name in path:
        found = found.get(name) or {}
    return found


def files_of(data: Mapping[str, Any], ids: Sequence[str]) -> tuple[Attachment, ...]:
    """The files of a sent form."""
    resolved = _inside(data, "resolved", "attachments")
    return tuple(attachment_of(resolved[each]) for each in ids if each in resolved)


def attachment_of(payload: Mapping[str, Any]) -> Attachment:
    """A file as the API writes it. Its id is its signed address, which is good for a day."""
    return Attachment(
        id=str(payload["url"]),
        name=str(payload.get("filename") or "file"),
        media_type=str(payload.get("content_type") or "").partition(";")[0],
        bytes=int(payload.get("size") or 0),
    )


def attachments_of(message: discord.Message) -> tuple[Attachment, ...]:
    """The pictures of a message, and what is named like one."""
    return _pictures([each.to_dict() | {"content_type": each.content_type} for each in message.attachments])


def _pictures(files: Sequence[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    found = map(attachment_of, files)
    return tuple(each for each in found if each.media_type.startswith("image/") or each.name.lower().endswith(_LOOKS))


def mention(message: discord.Message, me: int, reader: Reader) -> Invocation | None:
    """What a message asks of the bot, or None for chatter, for other bots and for Discord's own notices."""
    if message.author.bot or message.webhook_id or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
        return None
    direct = message.guild is None
    files = attachments_of(message)
    line = hear(message.content, me, direct=direct)
    if not line and not (direct and files):
        return None
    place = place_of(message.channel, message.guild.id if message.guild else None)
    return Invocation(
        person=reader.person(message.author, place, rights=rights_of(message.author, message.channel)),
        place=place,
        event=f"discord:message:{message.id}",
        origin=Origin.MENTION,
        line=Tidy(message.guild, message.author if isinstance(message.author, discord.Member) else None).line(line) or "imagine",
        attachments=files,
        post=None,
    )


def rights_of(user: discord.abc.User, channel: object) -> discord.Permissions | None:
    """What a member may do in a channel, or None where that cannot be told."""
    if not isinstance(user, discord.Member):
        return None
    try:
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return channel.permissions_for(user)
    except discord.ClientException:
        # A thread whose channel is not known.
        pass
    return user.guild_permissions


def reaction(payload: discord.RawReactionActionEvent, channel: Channel, reader: Reader) -> Invocation:
    """What an emoji under a message asks for."""
    place = place_of(channel, payload.guild_id)
    member = payload.member
    person = reader.person(member, place, rights=rights_of(member, channel)) if member else reader.stranger(payload.user_id, place)
    emoji = payload.emoji.name
    return Invocation(
        person=person,
        place=place,
        # One key a message, emoji and person: taking a reaction back and setting it again starts nothing a second time.
        event=f"discord:reaction:{payload.message_id}:{emoji}:{payload.user_id}",
        origin=Origin.REACTION,
        emoji=emoji,
        post=Post(place=place, id=str(payload.message_id)),
    )


def is_asking(payload: discord.RawReactionActionEvent, me: int) -> bool:
    """Whether a reaction may be meant for us: a person's, in plain Unicode, and on nobody else's message."""
    bot = payload.user_id == me or (payload.member is not None and payload.member.bot)
    return not bot and payload.emoji.is_unicode_emoji() and payload.message_author_id in {None, me}


def event_of(interaction: discord.Interaction[Any]) -> str:
    """An interaction's key, the same in every delivery."""
    return f"discord:interaction:{interaction.id}"


def shortcut(data: Mapping[str, Any], me: int, tidy: Tidy) -> tuple[str, dict[str, Value] | None, tuple[Attachment, ...], str]:
    """What an entry in a message's menu says: line, options, files, and the id of the message. An empty line for an entry that is gone."""
    line = SHORTCUTS.get(str(data.get("name")), "")
    target = str(data.get("target_id") or "")
    message = _inside(data, "resolved", "messages", target)
    if not line or not message:
        return "", None, (), ""
    if line == "vary":
        return line, None, _pictures(_listed(message, "attachments"))[:1], target
    said = str(message.get("content") or "") or _embedded(message) or _copied(message)
    return line, {"prompt": tidy(hear(said, me, direct=True) or said).removeprefix("imagine ")}, (), target


def _embedded(message: JSON) -> str:
    """The words of a message that has them in a preview only."""
    return next((str(each["description"]) for each in _listed(message, "embeds") if each.get("description")), "")


def _copied(message: JSON) -> str:
    """The words of a message of ours, from the line to copy that it shows; its flags stay behind."""
    line = re.search(r"```\n/?imagine (.+?)(?: --.*)?\n```", "\n".join(_texts(message)))
    return line[1].strip('"') if line else ""


def _texts(part: JSON) -> Iterator[str]:
    """All texts in a message's components."""
    for inner in _listed(part, "components"):
        yield str(inner.get("content") or "")
        yield from _texts(inner)
