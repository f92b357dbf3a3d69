"""Talking: messages, files, reactions, the home tab, and what admins do with the app."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.wire.slack import uploads
from tests.wire.slack.forms import Files
from tests.wire.slack.nouns import JSON, Channel, Delivery, File, Impossible, Message, Team, User
from tests.wire.slack.posting import describe
from tests.wire.slack.spelling import spell
from tests.wire.slack.windows import describe_view
from tests.wire.slack.wires import Wires


@dataclass(kw_only=True)
class Talking(Wires):
    """What makes events."""

    async def mention(
        self,
        user: User | str,
        channel: Channel | str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Files = (),
        team: Team | str | None = None,
    ) -> Delivery:
        """Say something to @limner in a channel; the name is put in front where the text has none."""
        home = self.find_team(team)
        return await self.say(user, channel, text if "@limner" in text else f"@limner {text}", thread_ts=thread_ts, files=files, team=home)

    async def direct(
        self, user: User | str, text: str, files: Files = (), *, thread_ts: str | None = None, team: Team | str | None = None
    ) -> Delivery:
        """Say something to the bot in private."""
        home = self.find_team(team)
        channel = self.direct_channel(self.find_user(user, home), home)
        return await self.say(user, channel, text, thread_ts=thread_ts, files=files, team=home)

    async def say(
        self,
        user: User | str,
        channel: Channel | str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Files = (),
        team: Team | str | None = None,
    ) -> Delivery:
        """Write a message. Whatever events come of it go out; the delivery is the last one's, or one with nothing sent."""
        home = self.find_team(team)
        who, where = self.find_user(user, home), self.find_channel(channel, home)
        self.enter(who, where)
        kept = [self._keep(home, who, where, name, content) for name, content in files]
        message = self.write(where, who.id, spell(text, home), thread_ts=thread_ts, files=[file.id for file in kept])
        if who.bot:
            message.bot_id = f"B{who.id}"
        body = {**describe(self, message), "channel": where.id, "event_ts": message.ts, "team": who.team_id}
        delivery = Delivery(envelope={"payload": {}}, failed="no_event")
        if home.bot.id in where.members:
            for event in self._events_of(home, where, body, mentioned=f"<@{home.bot.id}>" in message.text):
                delivery = await self.tell(home, event)
        delivery.message = message
        return delivery

    def _events_of(self, home: Team, where: Channel, body: JSON, *, mentioned: bool) -> list[JSON]:
        """A mention makes app_mention (never in direct messages); a subscription to messages makes a second event."""
        events: list[JSON] = []
        if mentioned and where.kind != "im" and "app_mention" in self.subscribed and "app_mentions:read" in home.scopes:
            events.append({**body, "type": "app_mention"})
        family = {"im": "message.im", "mpim": "message.mpim", "private": "message.groups"}.get(where.kind, "message.channels")
        if family in self.subscribed and f"{where.family}:history" in home.scopes:
            shared = {"subtype": "file_share"} if "files" in body else {}
            kind = {"im": "im", "mpim": "mpim", "private": "group"}.get(where.kind, "channel")
            events.append({**body, **shared, "channel_type": kind})
        return events

    async def upload(
        self, user: User | str, channel: Channel | str, content: bytes, name: str = "picture.png", *, team: Team | str | None = None
    ) -> File:
        """Put a file of one's own into a channel; the app gets it with the bot's token only."""
        delivery = await self.say(user, channel, "", files=[(name, content)], team=team)
        if delivery.message is None:
            raise Impossible("the message is gone")
        return self.files[delivery.message.files[0]]

    def _keep(self, home: Team, who: User, where: Channel, name: str, content: bytes) -> File:
        file = uploads.new_file(self, home, who.id, name, len(content))
        file.content = content
        file.channels.add(where.id)
        uploads.settle(self, file)
        file.polls = 0
        return file

    async def edit_message(self, message: Message, text: str) -> Delivery:
        """A person edits what he wrote; where messages are subscribed the app gets a `message_changed`."""
        where = self.find_channel(message.channel)
        home = self.find_team(where.team_id)
        message.text, message.edited = spell(text, home), True
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": where.id,
            "message": describe(self, message),
            "ts": self.stamp(),
        }
        return await self.tell(home, {**event, "channel_type": "im", "event_ts": event["ts"]})

    # Reactions and the home tab

    async def react(self, user: User | str, message: Message, emoji: str) -> Delivery:
        """Put an emoji, without colons, on a message."""
        return await self._reaction(user, message, emoji, "reaction_added")

    async def unreact(self, user: User | str, message: Message, emoji: str) -> Delivery:
        """Take it off again."""
        return await self._reaction(user, message, emoji, "reaction_removed")

    async def _reaction(self, user: User | str, message: Message, emoji: str, kind: str) -> Delivery:
        channel = self.find_channel(message.channel)
        home = self.find_team(channel.team_id)
        who = self.find_user(user, home)
        self.enter(who, channel)
        users = message.reactions.setdefault(emoji, [])
        if (who.id in users) == (kind == "reaction_added"):
            raise Impossible(f"{who.name} has {'already' if who.id in users else 'not'} reacted so")
        (users.append if kind == "reaction_added" else users.remove)(who.id)
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        event = {"type": kind, "user": who.id, "reaction": emoji, "item_user": message.user, "item": item, "event_ts": self.stamp()}
        if home.bot.id not in channel.members or "reactions:read" not in home.scopes:
            return Delivery(envelope={"payload": {"event": event}}, failed="no_event")
        return await self.tell(home, event)

    async def open_home(self, user: User | str, tab: str = "home", *, team: Team | str | None = None) -> Delivery:
        """Open the app's home (`home`) or messages (`messages`) tab."""
        home = self.find_team(team)
        who = self.find_user(user, home)
        event: JSON = {
            "type": "app_home_opened",
            "user": who.id,
            "channel": self.direct_channel(who, home).id,
            "tab": tab,
            "event_ts": self.stamp(),
        }
        if who.id in self.homes:
            event["view"] = describe_view(self.homes[who.id])
        return await self.tell(home, event)

    # The installation

    async def uninstall(self, team: Team | str | None = None) -> Delivery:
        """Remove the app: its token is dead at once, and two events say so."""
        home = self.find_team(team)
        home.state = "uninstalled"
        await self.tell(home, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [home.bot.id]}, "event_ts": self.stamp()})
        return await self.tell(home, {"type": "app_uninstalled", "event_ts": self.stamp()})

    async def revoke_tokens(self, team: Team | str | None = None, *, tell: bool = True) -> Delivery:
        """Revoke the bot's token; with `tell=False` the app finds out by itself."""
        home = self.find_team(team)
        home.state = "revoked"
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [home.bot.id]}, "event_ts": self.stamp()}
        return await self.tell(home, event) if tell else Delivery(envelope={"payload": {"event": event}}, failed="no_event")

    async def regroup(self, handle: str, users: Sequence[str], team: Team | str | None = None) -> Delivery:
        """Put these people, and nobody else, into a user group."""
        home = self.find_team(team)
        group = next(group for group in home.groups.values() if group.handle == handle)
        group.users = [self.find_user(user, home).id for user in users]
        event: JSON = {"type": "subteam_members_changed", "subteam_id": group.id, "team_id": home.id, "event_ts": self.stamp()}
        if "usergroups:read" not in home.scopes:
            return Delivery(envelope={"payload": {"event": event}}, failed="no_event")
        return await self.tell(home, event)

    def archive(self, channel: Channel | str) -> None:
        self.find_channel(channel).archived = True

    def kick(self, channel: Channel | str) -> None:
        """Take the bot out of a channel."""
        where = self.find_channel(channel)
        where.members.discard(self.find_team(where.team_id).bot.id)

    def invite(self, channel: Channel | str) -> None:
        """`/invite @limner`."""
        where = self.find_channel(channel)
        where.members.add(self.find_team(where.team_id).bot.id)
