"""What a person sees of the app before pressing Enter: which commands are there, and what the window lets them send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.discord.commands import ATTACHMENT, CHANNEL, GROUP, MENTIONABLE, PERSON, ROLE, SUBGROUP, complaint
from tests.wire.discord.faults import Json, items
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


@dataclass(kw_only=True)
class Filling:
    """A person filling in a command's options."""

    world: "World"
    channel: Channel
    files: Mapping[str, Attachment]
    focused: str = ""
    """The option that is being completed."""
    resolved: Json = field(default_factory=dict[str, Any])

    def data(self, command: Json, options: Mapping[str, Any]) -> Json:
        """The interaction's data; raises `NotOffered` for what the registered form does not take."""
        filled = self._fill(items(command, "options"), dict(options))
        body: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        body |= {"options": filled} if filled else {}
        body |= {"resolved": self.resolved} if self.resolved and not self.focused else {}
        return body | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})

    def _fill(self, forms: list[Json], options: dict[str, Any]) -> list[Json]:
        unknown = set(options) - {form["name"] for form in forms}
        if unknown:
            raise NotOffered(f"there are no options {sorted(unknown)}")
        if not options and any(form["type"] in {GROUP, SUBGROUP} for form in forms):
            raise NotOffered("a command with sub-commands is nothing by itself")
        missing = [form["name"] for form in forms if form.get("required") and form["name"] not in options]
        if missing and not self.focused:
            raise NotOffered(f"{missing} are required")
        known = {form["name"]: form for form in forms}
        return [self._entry(known[name], value) for name, value in options.items()]

    def _entry(self, form: Json, value: Any) -> Json:
        name, kind = form["name"], form["type"]
        if kind in {GROUP, SUBGROUP}:
            return {"name": name, "type": kind, "options": self._fill(items(form, "options"), dict(value))}
        wrong = "" if name == self.focused else complaint(form, value)
        if wrong:
            raise NotOffered(wrong)
        return {"name": name, "type": kind, "value": self._resolve(kind, value)} | ({"focused": True} if name == self.focused else {})

    def _resolve(self, kind: int, value: Any) -> Any:
        """The value as Discord sends it: an id for people, roles, channels and files, with what they are beside it."""
        if kind == ATTACHMENT:
            found = self.files[value]
            return self._beside("attachments", found.id, found.payload(self.world.cdn_url, self.world.clock.now()))
        if kind in {PERSON, MENTIONABLE} and isinstance(value, User):
            if self.channel.guild and value.id in self.channel.guild.members:
                member = self.channel.guild.members[value.id].bare | {"permissions": str(allowed(value, self.channel))}
                self._beside("members", value.id, member)
            return self._beside("users", value.id, value.payload)
        if kind in {ROLE, MENTIONABLE}:
            return self._beside("roles", value.id, value.payload)
        if kind == CHANNEL:
            return self._beside("channels", value.id, value.payload() | {"permissions": str(allowed(self.world.bot, value))})
        return value

    def _beside(self, family: str, number: int, body: Json) -> str:
        self.resolved.setdefault(family, {})[str(number)] = body
        return str(number)


def focus(command: Json, option: str) -> Json:
    """An option with completion, wherever it stands; raises `NotOffered` when it has none."""
    todo: list[Json] = list(items(command, "options"))
    while todo:
        form = todo.pop()
        todo += items(form, "options")
        if form["name"] == option and form.get("autocomplete"):
            return form
    raise NotOffered(f"{option} completes nothing")
