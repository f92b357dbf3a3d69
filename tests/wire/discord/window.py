"""What a person sees of the app before pressing Enter: which commands are there, and what the window lets them send."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.wire.discord.commands import ATTACHMENT, CHANNEL, GROUP, MENTIONABLE, PERSON, ROLE, SUBGROUP, complaint
from tests.wire.discord.faults import Json
from tests.wire.discord.people import Channel, User
from tests.wire.discord.permissions import DIRECT, allowed
from tests.wire.discord.uploads import Attachment

if TYPE_CHECKING:
    from tests.wire.discord.world import World

IN_GUILD, WITH_BOT, IN_PRIVATE = 0, 1, 2


class NotOffered(AssertionError):  # noqa: N818 - it is a fact about the window, not a fault
    """Discord's window does not let a person do this."""


def context_of(world: "World", channel: Channel) -> int:
    if channel.guild:
        return IN_GUILD
    return WITH_BOT if world.bot in channel.recipients else IN_PRIVATE


def find_command(world: "World", user: User, channel: Channel, name: str, kind: int, *, by_user: bool, overridden: bool = False) -> Json:
    """The registered command that a person finds here; raises `NotOffered` when there is none."""
    here = world.commands.get(channel.guild.id, []) if channel.guild else []
    found = next((each for each in [*here, *world.commands.get(0, [])] if each["name"] == name and each["type"] == kind), None)
    if found is None:
        raise NotOffered(f"there is no command {name!r} of type {kind}")
    if channel.archived:
        raise NotOffered("a thread that is archived has no commands")
    context = context_of(world, channel)
    outside = channel.guild is not None and world.bot.id not in channel.guild.members
    if "contexts" in found and context not in found["contexts"]:
        raise NotOffered(f"{name!r} is not offered in context {context}")
    if (by_user or outside or context == IN_PRIVATE) and 1 not in found.get("integration_types", [0]):
        raise NotOffered(f"{name!r} cannot be installed by a person alone")
    if not by_user and (outside or context == IN_PRIVATE):
        raise NotOffered("the bot is not here, and the person has not installed it")
    rights = found.get("default_member_permissions")
    has = allowed(user, channel) if channel.guild else DIRECT
    if channel.guild and rights is not None and not overridden and (int(rights) & ~has or rights == "0"):
        raise NotOffered(f"{user.name} may not see {name!r}")
    if found["nsfw"] and channel.guild and not channel.nsfw:
        raise NotOffered(f"{name!r} is for age-restricted channels only")
    return found


def fill(
    world: "World", channel: Channel, command: Json, options: Mapping[str, Any], files: Mapping[str, Attachment], *, focused: str = ""
) -> Json:
    """The data of a command with these options; raises `NotOffered` for what the registered form does not take."""
    resolved: Json = {}
    filled = _fill(world, channel, command.get("options") or [], dict(options), files, resolved, focused)
    body: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    body |= {"options": filled} if filled else {}
    return (
        body
        | ({"resolved": resolved} if resolved and not focused else {})
        | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})
    )


def _fill(
    world: "World",
    channel: Channel,
    forms: list[Json],
    options: dict[str, Any],
    files: Mapping[str, Attachment],
    resolved: Json,
    focused: str,
) -> list[Json]:
    unknown = set(options) - {form["name"] for form in forms}
    if unknown:
        raise NotOffered(f"there are no options {sorted(unknown)}")
    filled: list[Json] = []
    groups = [form for form in forms if form["type"] in {GROUP, SUBGROUP}]
    if groups and not options:
        raise NotOffered("a command with sub-commands is nothing by itself")
    for form in sorted(forms, key=lambda form: list(options).index(form["name"]) if form["name"] in options else -1):
        name, kind = form["name"], form["type"]
        if name not in options:
            if form.get("required") and not focused:
                raise NotOffered(f"{name} is required")
            continue
        entry: Json = {"name": name, "type": kind}
        if kind in {GROUP, SUBGROUP}:
            entry["options"] = _fill(world, channel, form.get("options") or [], dict(options[name]), files, resolved, focused)
        else:
            if name != focused and (wrong := complaint(form, options[name])):
                raise NotOffered(wrong)
            entry["value"] = _resolve(world, channel, kind, options[name], files, resolved)
            entry |= {"focused": True} if name == focused else {}
        filled.append(entry)
    return filled


def _resolve(world: "World", channel: Channel, kind: int, value: Any, files: Mapping[str, Attachment], resolved: Json) -> Any:
    """The value as Discord sends it: an id for people, roles, channels and files, with what they are beside it."""
    if kind == ATTACHMENT:
        found = files[value]
        resolved.setdefault("attachments", {})[str(found.id)] = found.payload(world.cdn_url, world.clock.now())
        return str(found.id)
    if kind in {PERSON, MENTIONABLE} and isinstance(value, User):
        resolved.setdefault("users", {})[str(value.id)] = value.payload
        if channel.guild and value.id in channel.guild.members:
            member = channel.guild.members[value.id].bare | {"permissions": str(allowed(value, channel))}
            resolved.setdefault("members", {})[str(value.id)] = member
        return str(value.id)
    if kind in {ROLE, MENTIONABLE}:
        resolved.setdefault("roles", {})[str(value.id)] = value.payload
        return str(value.id)
    if kind == CHANNEL:
        resolved.setdefault("channels", {})[str(value.id)] = value.payload() | {"permissions": str(allowed(world.bot, value))}
        return str(value.id)
    return value


def focus(command: Json, option: str) -> Json:
    """An option with completion, wherever it stands; raises `NotOffered` when it has none."""
    todo: list[Json] = list(command.get("options") or [])
    while todo:
        form = todo.pop()
        todo += form.get("options") or []
        if form["name"] == option and form.get("autocomplete"):
            return form
    raise NotOffered(f"{option} completes nothing")
