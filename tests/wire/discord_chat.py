"""The small Discord with the face of any chat."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.model import Person, Place, Post
from tests.wire.chats import FILES, Chat, Deed, Sheet, Shown
from tests.wire.discord.cast import add_channel
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.messages import Message
from tests.wire.discord.modals import FILE_UPLOAD
from tests.wire.discord.people import Member, User
from tests.wire.discord.permissions import VIEW
from tests.wire.discord.server import DiscordServer, open_discord


class DiscordChat(Chat):
    """A server with its people."""

    name = "discord"
    showing = ("POST /channels/*/messages", "PATCH /channels/*/messages/*", "POST /channels/*/messages/*/threads")
    answering = (
        "POST /interactions/*/*/callback", "PATCH /webhooks/*/*/messages/@original", "DELETE /webhooks/*/*/messages/@original",
    )  # fmt: skip

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self._open: dict[str, Interaction] = {}
        secret = add_channel(server.world, server.guild, self.private)
        secret.overwrites[server.guild.everyone.id] = (0, VIEW)
        for who in (server.bot, server.user("ivy"), server.user("grace")):
            secret.overwrites[who.id] = (VIEW, 0)

    @property
    def settings(self) -> Mapping[str, str]:
        return {"DISCORD_TOKEN": self.server.token, "DISCORD_API_URL": self.server.api_url}

    @property
    def secrets(self) -> Sequence[str]:
        return (self.server.token, *self.server.world.interactions)

    async def command(self, who: str, name: str, /, channel: str = "general", **options: Any) -> Deed:
        files = {"picture.png": options["image"]} if isinstance(options.get("image"), bytes) else {}
        said = options | ({"image": "picture.png"} if files else {})
        return self._deed(who, await self.server.slash(who, self._where(who, channel), name, said, attachments=files, overridden=True))

    async def mention(
        self, who: str, text: str, channel: str = "general", *, under: Shown | None = None, files: Mapping[str, bytes] = FILES
    ) -> Deed:
        where = self.server.channel(channel)
        if under:
            message: Message = under.raw
            where = message.thread or message.channel
        said = await self.server.say(who, where, f"{self.server.bot.mention} {text}", attachments=files)
        return Deed(kind="MESSAGE_CREATE", raw=said)

    async def direct(self, who: str, text: str, *, files: Mapping[str, bytes] = FILES) -> Deed:
        return Deed(kind="MESSAGE_CREATE", raw=await self.server.direct(who, text, attachments=files))

    async def say(self, who: str, text: str, channel: str = "general", *, files: Mapping[str, bytes] = FILES) -> Shown:
        return shown(await self.server.say(who, channel, text, attachments=files))

    async def press(self, who: str, message: Shown, label: str) -> Deed:
        pressed = await self.server.press(who, message.raw, label)
        asked = pressed.message
        yes = next((each for each in asked.labels if each.startswith("Yes")), "") if asked and asked.ephemeral else ""
        if asked and yes:
            pressed = await self.server.press(who, asked, yes)
        return self._deed(who, pressed)

    async def react(self, who: str, message: Shown, emoji: str) -> Deed:
        await self.server.react(who, message.raw, emoji)
        return Deed(kind="MESSAGE_REACTION_ADD", raw=None)

    async def unreact(self, who: str, message: Shown, emoji: str) -> None:
        await self.server.unreact(who, message.raw, emoji)

    async def shortcut(self, who: str, name: str, message: Shown) -> Deed:
        return self._deed(who, await self.server.context_menu(who, name, message.raw))

    async def create(self, who: str) -> Deed:
        return await self.command(who, "imagine")

    def form(self, who: str) -> Sheet | None:
        interaction = self._open.get(who)
        if interaction is None or interaction.modal is None:
            return None
        fields = {field.label: field.value for field in interaction.modal.fields}
        return Sheet(title=interaction.modal.title, values=fields, raw=interaction)

    async def submit(self, who: str, form: Sheet, values: Mapping[str, str], *, files: Mapping[str, bytes] = FILES) -> Deed:
        interaction: Interaction = form.raw
        assert interaction.modal
        label = next((field.label for field in interaction.modal.fields if field.type == FILE_UPLOAD), "")
        del self._open[who]
        return self._deed(who, await self.server.submit(who, interaction, values, files={label: files} if files else None))

    async def again(self, deed: Deed) -> None:
        self.server.replay(deed.kind)

    def messages(self, channel: str = "general", *, under: str | None = None) -> list[Shown]:
        where = self.server.channel(int(under) if under else channel)
        return [shown(message) for message in self.server.messages(where)]

    def directs(self, who: str) -> list[Shown]:
        return [shown(message) for message in self.server.dms(who)]

    def whispers(self, who: str) -> list[Shown]:
        # Outside an interaction a whisper is a direct message that says the channel it is about.
        about = [message for message in self.server.dms(who) if "About <#" in message.text]
        return [shown(message) for message in (*self.server.ephemerals(who), *about) if not message.loading]

    def at(self, post: Post) -> Shown | None:
        found = self.server.world.messages.get(int(post.id))
        return shown(found) if found and not found.deleted else None

    @property
    def pings(self) -> list[str]:
        own = [message for message in self.server.world.messages.values() if message.author is self.server.bot]
        return [ping for message in own for ping in message.pings]

    @property
    def refusals(self) -> list[str]:
        return [f"{call.route} {call.status} {call.code}" for call in self.server.calls if call.status >= 400]

    def mention_of(self, who: str) -> Any:
        return self.server.user(who).mention

    def rename(self, who: str, name: str) -> str:
        self.server.user(who).display = name
        return who

    def crowd(self, many: int) -> list[str]:
        names = [f"fan{number}" for number in range(many)]
        for name in names:
            user = User(id=self.server.world.clock.snowflake(), name=name, display=name)
            self.server.world.users[user.id] = user
            self.server.guild.members[user.id] = Member(user=user)
        return names

    def person(self, who: str) -> Person:
        user = self.server.user(who)
        return Person(platform="discord", workspace=str(self.server.guild.id), id=str(user.id), name=user.display)

    def place(self, channel: str = "general") -> Place:
        return Place(platform="discord", workspace=str(self.server.guild.id), channel=str(self.server.channel(channel).id))

    def lose(self, call: str, times: int = 1) -> None:
        self.server.lost_reply(call, times)

    def limit(self, call: str, seconds: float = 1, times: int = 1) -> None:
        self.server.rate_limit(call, seconds, times)

    def break_down(self, call: str, times: int = 1) -> None:
        self.server.fail(call, 503, times=times)

    async def cut(self) -> None:
        self.server.drop_socket()

    def unplug(self, *, out: bool) -> None:
        self.server.go_away(away=out)

    async def revoke(self) -> None:
        await self.server.revoke_token()

    def renew(self) -> None:
        self.server.world.revoked = self.server.world.gateway.revoked = False

    def kick(self, channel: str = "general") -> None:
        self.server.deny(self.server.channel(channel), VIEW)

    def forget(self, message: Shown) -> None:
        self.server.delete(message.raw)

    def age(self, seconds: float) -> None:
        self.server.skip_clock(seconds)

    def _where(self, who: str, channel: str) -> Any:
        return self.server.dm(who) if channel == "@" else channel

    def _deed(self, who: str, interaction: Interaction) -> Deed:
        if interaction.modal:
            self._open[who] = interaction
        return Deed(kind="INTERACTION_CREATE", raw=interaction, seconds=interaction.seconds, failed=interaction.failed)


class SignedDiscordChat(DiscordChat):
    """A server whose app takes interactions as signed requests."""

    @property
    def settings(self) -> Mapping[str, str]:
        return {**super().settings, "DISCORD_PUBLIC_KEY": self.server.public_key}

    def reach(self, address: str) -> None:
        self.server.interactions_url = f"{address}/discord/interactions"

    async def again(self, deed: Deed) -> None:
        if deed.kind == "INTERACTION_CREATE":
            await self.server.deliver_again()
        else:
            await super().again(deed)


def shown(message: Message) -> Shown:
    return Shown(
        id=str(message.id),
        text=message.text,
        alts=tuple(picture.alt for picture in message.pictures),
        covered=tuple(picture.spoiler for picture in message.pictures),
        labels=tuple(message.labels),
        thread=str(message.channel.id) if message.channel.is_thread else None,
        raw=message,
    )


@asynccontextmanager
async def open_discord_chat(**options: Any) -> AsyncGenerator[DiscordChat]:
    async with open_discord(**options) as server:
        yield DiscordChat(server)
