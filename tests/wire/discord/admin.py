"""What the admins of a server do: change channels, rights and roles, and let the bot in or throw it out."""

from tests.wire.discord.faults import Json
from tests.wire.discord.gateway import GUILDS, MEMBERS
from tests.wire.discord.people import Channel, Guild, Member, Role, User
from tests.wire.discord.world import World


class Admin:
    """The hands of those who run a server; whatever they change, the gateway tells."""

    world: World

    def changed(self, thing: Channel | Guild | Role) -> None:
        """Tells the bot that a test has changed this."""
        if isinstance(thing, Guild):
            self._announce("GUILD_UPDATE", thing, thing.payload)
        elif isinstance(thing, Role):
            guild = next(guild for guild in self.world.guilds if thing in guild.roles or thing is guild.everyone)
            self._announce("GUILD_ROLE_UPDATE", guild, {"guild_id": str(guild.id), "role": thing.payload})
        elif thing.guild:
            self._announce("THREAD_UPDATE" if thing.is_thread else "CHANNEL_UPDATE", thing.guild, thing.payload(self.world.bot))

    def _announce(self, event: str, guild: Guild, data: Json, intent: int = GUILDS) -> None:
        if self.world.bot.id in guild.members or event == "GUILD_DELETE":
            self.world.gateway.dispatch(event, data, guild_id=guild.id, intent=intent)

    def deny(self, channel: Channel, bits: int, user: User | None = None) -> None:
        """Takes permissions from somebody in a channel, from the bot unless it says whom."""
        who = (user or self.world.bot).id
        allow, before = channel.overwrites.get(who, (0, 0))
        channel.overwrites[who] = (allow & ~bits, before | bits)
        self.changed(channel)

    def allow(self, channel: Channel, bits: int, user: User | None = None) -> None:
        """Gives permissions to somebody in a channel, to the bot unless it says whom."""
        who = (user or self.world.bot).id
        before, deny = channel.overwrites.get(who, (0, 0))
        channel.overwrites[who] = (before | bits, deny & ~bits)
        self.changed(channel)

    def give_role(self, guild: Guild, user: User, role: Role) -> None:
        """Makes somebody one of those with this role; only an app with the members intent hears of others than itself."""
        guild.members[user.id].roles.append(role)
        intent = GUILDS if user is self.world.bot else MEMBERS
        self._announce("GUILD_MEMBER_UPDATE", guild, {**guild.members[user.id].payload, "guild_id": str(guild.id)}, intent)

    def delete_channel(self, channel: Channel) -> None:
        """Deletes a channel with its threads, or one thread."""
        guild = channel.guild
        if guild is None:
            raise AssertionError("nobody can delete a conversation")
        for each in [each for each in guild.threads if channel in {each, each.parent}]:
            guild.threads.remove(each)
            del self.world.channels[each.id]
        if not channel.is_thread:
            guild.channels.remove(channel)
            del self.world.channels[channel.id]
        parent = {"parent_id": str(channel.parent.id)} if channel.parent else {}
        body: Json = {**channel.payload(self.world.bot), **parent}
        self._announce("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", guild, body)

    def invite_bot(self, guild: Guild) -> None:
        guild.members[self.world.bot.id] = Member(user=self.world.bot)
        self._announce("GUILD_CREATE", guild, guild.full(self.world.bot))

    def remove_bot(self, guild: Guild) -> None:
        del guild.members[self.world.bot.id]
        self._announce("GUILD_DELETE", guild, {"id": str(guild.id)})
