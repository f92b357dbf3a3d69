"""What people do: commands, buttons, menus, forms, messages and reactions."""

import secrets
from collections.abc import Mapping
from typing import Any

from tests.wire.discord.answers import answer, check_count, choose
from tests.wire.discord.commands import MESSAGE, SLASH
from tests.wire.discord.components import BUTTON, SELECTS, STRING_SELECT, TEXT
from tests.wire.discord.faults import Json
from tests.wire.discord.interactions import APPLICATION_COMMAND, AUTOCOMPLETE, COMPONENT, MODAL_SUBMIT, Interaction
from tests.wire.discord.mentions import mentioned
from tests.wire.discord.messages import REPLY, Control, Message
from tests.wire.discord.modals import FILE_UPLOAD, LABEL, Field, Modal
from tests.wire.discord.people import Channel, User, named
from tests.wire.discord.permissions import MENTION_EVERYONE, READ_HISTORY, VIEW, allowed
from tests.wire.discord.posting import publish
from tests.wire.discord.rest_messages import open_for_writing, reacted
from tests.wire.discord.signing import deliver
from tests.wire.discord.uploads import Attachment, keep
from tests.wire.discord.window import Filling, NotOffered, context_of, find_command, focus
from tests.wire.discord.world import World

NO_FILES: Mapping[str, bytes] = {}


class Hands:
    """Everybody's hands. People and channels are given as objects or by name."""

    world: World

    def user(self, name: User | str) -> User:
        found = name if isinstance(name, User) else named(self.world.users.values(), name)
        if found is None:
            raise LookupError(f"there is nobody called {name!r}")
        return found

    def channel(self, name: Channel | str | int) -> Channel:
        """A channel or thread by name or id; the newest of several threads with one name."""
        if isinstance(name, Channel):
            return name
        places = reversed(self.world.channels.values())
        found = next((each for each in places if name in {each.name, each.id, str(each.id), each.mention}), None)
        if found is None:
            raise LookupError(f"there is no channel {name!r}")
        return found

    def _uploads(self, files: Mapping[str, bytes], channel: Channel, *, ephemeral: bool = False) -> dict[str, Attachment]:
        return {name: keep(self.world.clock, name, content, channel_id=channel.id, ephemeral=ephemeral) for name, content in files.items()}

    async def _begin(self, kind: int, user: User, channel: Channel, data: Json, **more: Any) -> Interaction:
        wait = more.pop("wait", True)
        if not allowed(user, channel) & VIEW:
            raise NotOffered(f"{user.name} does not see {channel.name}")
        interaction = Interaction(
            world=self.world, id=self.world.clock.snowflake(), token=secrets.token_urlsafe(80), kind=kind, user=user,
            channel=channel, data=data, context=context_of(self.world, channel), created=self.world.clock.now(), **more,
        )  # fmt: skip
        self.world.interactions[interaction.token] = interaction
        if self.world.interactions_url:
            await deliver(self.world, interaction)
        else:
            guild = channel.guild.id if channel.guild and not interaction.external else None
            self.world.gateway.dispatch("INTERACTION_CREATE", interaction.payload(), guild_id=guild, intent=0)
        return await interaction.answered() if wait else interaction

    async def slash(
        self,
        user: User | str,
        channel: Channel | str,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        attachments: Mapping[str, bytes] = NO_FILES,
        by_user: bool = False,
        overridden: bool = False,
        wait: bool = True,
    ) -> Interaction:
        """Types a command. An attachment option's value is a name in `attachments`; a sub-command's value is its own options.

        `by_user`: the person alone has installed the app. `overridden`: the server lets this person use the command.
        Comes back with the first answer, or after three seconds; raises `NotOffered` for what the window would not send.
        """
        who, where = self.user(user), self.channel(channel)
        command = find_command(self.world, who, where, name, SLASH, by_user=by_user, overridden=overridden)
        files = self._uploads(attachments, where, ephemeral=True)
        data = Filling(world=self.world, channel=where, files=files).data(command, options or {})
        self._keep(files)
        return await self._begin(APPLICATION_COMMAND, who, where, data, by_user=by_user, wait=wait)

    async def autocomplete(  # noqa: PLR0917 - who, where, what, as it reads aloud
        self,
        user: User | str,
        channel: Channel | str,
        command: str,
        option: str,
        typed: str | float,
        others: Mapping[str, Any] | None = None,
        *,
        by_user: bool = False,
    ) -> list[Json]:
        """The choices that appear while somebody types into an option; raises TimeoutError when none come in time."""
        who, where = self.user(user), self.channel(channel)
        form = find_command(self.world, who, where, command, SLASH, by_user=by_user)
        focus(form, option)
        data = Filling(world=self.world, channel=where, files={}, focused=option).data(form, {**(others or {}), option: typed})
        interaction = await self._begin(AUTOCOMPLETE, who, where, data, by_user=by_user)
        if interaction.response is None:
            raise TimeoutError("Loading options failed")
        return interaction.choices

    async def context_menu(self, user: User | str, name: str, message: Message, *, by_user: bool = False, wait: bool = True) -> Interaction:
        """Chooses one of the app's entries in a message's menu."""
        who = self.user(user)
        command = find_command(self.world, who, message.channel, name, MESSAGE, by_user=by_user)
        if message.deleted or (message.only_for and message.only_for is not who):
            raise NotOffered(f"{who.name} does not see the message")
        data: Json = {"id": command["id"], "name": name, "type": MESSAGE, "target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): message.payload(self.world, self.world.bot)}}
        return await self._begin(APPLICATION_COMMAND, who, message.channel, data, by_user=by_user, wait=wait)

    def _find(self, user: User, message: Message, name: str, kinds: tuple[int, ...]) -> Control:
        if message.deleted or (message.only_for and message.only_for is not user):
            raise NotOffered(f"{user.name} does not see the message")
        controls = [each for each in message.controls if each.raw["type"] in kinds]
        found = next((each for each in controls if name in {each.label, each.custom_id, each.emoji} and name), None)
        if found is None:
            raise NotOffered(f"there is no {name!r} among {[each.label for each in controls]}")
        if found.disabled or found.url:
            raise NotOffered(f"{name!r} does nothing")
        return found

    async def press(self, user: User | str, message: Message, name: str, *, wait: bool = True) -> Interaction:
        """Presses a button, by label, emoji or custom id."""
        who = self.user(user)
        button = self._find(who, message, name, (BUTTON,))
        data: Json = {"custom_id": button.custom_id, "component_type": BUTTON, "id": button.raw["id"]}
        return await self._component(who, message, data, wait=wait)

    async def press_blindly(self, user: User | str, message: Message, custom_id: str, *, wait: bool = True) -> Interaction:
        """Presses a button that the message no longer has, as a client that has not noticed, or a forger, does."""
        return await self._component(self.user(user), message, {"custom_id": custom_id, "component_type": BUTTON, "id": 1}, wait=wait)

    async def select(self, user: User | str, message: Message, name: str, values: list[str], *, wait: bool = True) -> Interaction:
        """Chooses from a menu, by placeholder or custom id; the values are labels or values."""
        who = self.user(user)
        menu = self._find(who, message, name, SELECTS)
        chosen = choose(menu.options, values) if menu.raw["type"] == STRING_SELECT else values
        check_count(menu.raw, len(chosen))
        data: Json = {"custom_id": menu.custom_id, "component_type": menu.raw["type"], "id": menu.raw["id"], "values": chosen}
        return await self._component(who, message, data, wait=wait)

    async def _component(self, who: User, message: Message, data: Json, *, wait: bool) -> Interaction:
        by_user = bool(message.interaction and "1" in message.interaction["authorizing_integration_owners"])
        return await self._begin(COMPONENT, who, message.channel, data, source=message, by_user=by_user, wait=wait)

    async def submit(
        self,
        user: User | str,
        modal: Modal | Interaction,
        values: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Mapping[str, bytes]] | None = None,
        wait: bool = True,
    ) -> Interaction:
        """Fills in a form, by label or custom id, and sends it; what is not named stays as it was."""
        shown = modal if isinstance(modal, Modal) else modal.modal
        if shown is None:
            raise NotOffered("no form is open")
        who, origin = self.user(user), shown.interaction
        if who is not origin.user:
            raise NotOffered("the form is open on somebody else's screen")
        given: dict[str, Any] = {**(values or {}), **(files or {})}
        unknown = set(given) - {name for each in shown.fields for name in (each.label, each.custom_id)}
        if unknown:
            raise NotOffered(f"the form has no {sorted(unknown)}")
        resolved: Json = {}
        parts = [self._part(top, shown, given, origin.channel, resolved) for top in shown.data["components"]]
        data: Json = {"custom_id": shown.data["custom_id"], "components": parts}
        data |= {"resolved": resolved} if resolved else {}
        return await self._begin(MODAL_SUBMIT, who, origin.channel, data, source=origin.source, by_user=origin.by_user, wait=wait)

    def _part(self, top: Json, shown: Modal, given: Mapping[str, Any], channel: Channel, resolved: Json) -> Json:
        if top["type"] == TEXT:
            return {"type": TEXT, "id": top.get("id", 1)}
        inner: Json = top["component"] if top["type"] == LABEL else top["components"][0]
        form = shown.field(inner["custom_id"])
        value = given.get(form.label, given.get(form.custom_id))
        uploads = inner["type"] == FILE_UPLOAD
        sent = {"values": self._files(form, value, channel, resolved)} if uploads else answer(form, value)
        body: Json = {"type": inner["type"], "custom_id": inner["custom_id"], "id": inner.get("id", 1), **sent}
        return (
            {"type": LABEL, "id": top.get("id", 1), "component": body}
            if top["type"] == LABEL
            else {"type": 1, "id": top.get("id", 1), "components": [body]}
        )

    def _files(self, form: Field, value: Mapping[str, bytes] | None, channel: Channel, resolved: Json) -> list[str]:
        check_count(form.raw, len(value or {}), required=form.required)
        files = self._uploads(value or {}, channel, ephemeral=True)
        self._keep(files)
        shown = {str(each.id): each.payload(self.world.cdn_url, self.world.clock.now()) for each in files.values()}
        if shown:
            resolved.setdefault("attachments", {}).update(shown)
        return list(shown)

    def _keep(self, files: Mapping[str, Attachment]) -> None:
        self.world.uploads.update({each.id: each for each in files.values()})

    async def say(
        self,
        user: User | str,
        channel: Channel | str,
        text: str,
        *,
        attachments: Mapping[str, bytes] = NO_FILES,
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """Writes a message; `ping` is whether a reply tells the one it replies to."""
        who, where = self.user(user), self.channel(channel)
        open_for_writing(self.world, who, where)
        message = Message(
            id=self.world.clock.snowflake(), channel=where, author=who, content=text, reply_to=reply_to, type=REPLY if reply_to else 0,
            attachments=list(self._uploads(attachments, where).values()),
        )  # fmt: skip
        rules: Json = {"parse": ["users", "roles", *(["everyone"] if allowed(who, where) & MENTION_EVERYONE else [])], "replied_user": ping}
        mentioned(message, rules, webhook=False)
        publish(self.world, message, {"allowed_mentions": rules}, {})
        return message

    async def direct(
        self, user: User | str, text: str, *, attachments: Mapping[str, bytes] = NO_FILES, reply_to: Message | None = None
    ) -> Message:
        """Writes to the bot alone."""
        who = self.user(user)
        return await self.say(who, self.world.direct(self.world.bot, who), text, attachments=attachments, reply_to=reply_to)

    async def react(self, user: User | str, message: Message, emoji: str) -> None:
        self._touch(user, message)
        reacted(self.world, message, self.user(user), emoji, added=True)

    async def unreact(self, user: User | str, message: Message, emoji: str) -> None:
        self._touch(user, message)
        reacted(self.world, message, self.user(user), emoji, added=False)

    def _touch(self, user: User | str, message: Message) -> None:
        if message.ephemeral or message.deleted or not allowed(self.user(user), message.channel) & READ_HISTORY:
            raise NotOffered("nobody can react to this message")
