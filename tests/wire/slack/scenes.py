"""Scenes: what people do in Slack, as payloads that go to the app."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wire.slack import answers, forms, uploads
from tests.wire.slack.blocks import check_view
from tests.wire.slack.calls import Call
from tests.wire.slack.forms import Files
from tests.wire.slack.line import Line
from tests.wire.slack.nouns import (
    JSON,
    Channel,
    Delivery,
    File,
    Impossible,
    Message,
    Refusal,
    Team,
    User,
    View,
    elements_of,
)
from tests.wire.slack.posting import describe
from tests.wire.slack.spelling import spell
from tests.wire.slack.windows import describe_view
from tests.wire.slack.world import World


@dataclass(kw_only=True)
class Scenes(World):
    """A person is a name, an id or a User; a channel likewise. Without `team`, names are the default workspace's."""

    line: Line = field(init=False)
    group: asyncio.TaskGroup = field(init=False)
    again: list[asyncio.Task[None]] = field(default_factory=list["asyncio.Task[None]"])

    # Commands and things to press

    async def command(
        self,
        user: User | str,
        channel: Channel | str,
        name: str = "/imagine",
        text: str = "",
        *,
        team: Team | str | None = None,
        trigger_id: str = "",
        thread_ts: str | None = None,
        retry: int = 0,
        socket: int = 0,
    ) -> Delivery:
        """Type a slash command. Slack offers none in threads; `retry` sends the same envelope that often again."""
        home, who, where = self.find_team(team), self.find_user(user, team), self.find_channel(channel, team)
        if thread_ts:
            raise Impossible(f"{name} is not supported in threads. Sorry!")
        if name not in self.commands:
            raise Impossible(f"{name} is not a valid command")
        self._enter(who, where)
        payload: JSON = {
            "token": "verification",
            "team_id": home.id,
            "team_domain": home.name,
            "channel_id": where.id,
            "channel_name": "directmessage" if where.kind == "im" else "privategroup" if where.kind != "public" else where.name,
            "user_id": who.id,
            "user_name": who.name,
            "command": name,
            "text": spell(text, home, command=True)
            if self.should_escape
            else spell(text, Team(id="", name="", bot=who, bot_id="", bot_token="")),
            "api_app_id": self.app_id,
            "is_enterprise_install": "false",
            "response_url": self.new_response_url(home, who, where),
            "trigger_id": trigger_id or self.new_trigger(home, who),
        }
        if home.enterprise_id:
            payload |= {"enterprise_id": home.enterprise_id, "enterprise_name": "Grid"}
        delivery = await self._send("slash_commands", payload, socket=socket)
        for _ in range(retry):
            await self.retry(delivery)
        if delivery.ack:
            self._answer(delivery)
        return delivery

    async def press(
        self,
        user: User | str,
        where: Message | View,
        what: str,
        *,
        team: Team | str | None = None,
        confirmed: bool = True,
        socket: int = 0,
    ) -> Delivery:
        """Press a button, or choose an option, by its label, value or action_id; `confirmed` answers its confirm dialog."""
        element, action = find_element(where.blocks, what)
        home = self.find_team(team or (where.team_id if isinstance(where, View) else self.find_channel(where.channel).team_id))
        who = self.find_user(user, home)
        about = self._about(home, who, view=where if isinstance(where, View) else None)
        payload = {"type": "block_actions", **about, "actions": [{**action, "action_ts": self.stamp()}]}
        payload |= self._of_view(where) if isinstance(where, View) else self._of_message(home, who, where)
        if element.get("confirm") and not confirmed:
            return Delivery(envelope={"payload": payload}, failed="cancelled", confirm=element["confirm"])
        delivery = await self._send("interactive", payload, socket=socket)
        delivery.confirm = element.get("confirm")
        return delivery

    async def suggest(self, user: User | str, view: View, action_id: str, typed: str) -> list[JSON]:
        """Type into an external select; gives the options that the app offers."""
        home, who = self.find_team(view.team_id), self.find_user(user, view.team_id)
        element, _ = find_element(view.blocks, action_id)
        about = {"type": "block_suggestion", "action_id": action_id, "block_id": element["block_id"], "value": typed}
        payload = {**about, **self._about(home, who), **self._of_view(view)}
        delivery = await self._send("interactive", payload)
        options: list[JSON] = (delivery.ack or {}).get("options", [])
        return options

    def _of_view(self, view: View) -> JSON:
        return {"container": {"type": "view", "view_id": view.id}, "view": describe_view(view)}

    def _of_message(self, home: Team, who: User, message: Message) -> JSON:
        channel = self.find_channel(message.channel)
        self._enter(who, channel)
        if message.to not in {"", who.id}:
            raise Impossible("only the person who was shown an ephemeral message can press in it")
        container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": bool(message.to)}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        return {
            "container": container,
            "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
            "message": describe(self, message, metadata=True),
            "state": {"values": {}},
            "response_url": self.new_response_url(home, who, channel, message),
        }

    def _about(self, home: Team, who: User, view: View | None = None) -> JSON:
        """What every interactive payload has."""
        return {
            "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team_id},
            "api_app_id": self.app_id,
            "token": "verification",
            "trigger_id": self.new_trigger(home, who, view),
            "team": {"id": home.id, "domain": home.name, **({"enterprise_id": home.enterprise_id} if home.enterprise_id else {})},
            "enterprise": {"id": home.enterprise_id, "name": "Grid"} if home.enterprise_id else None,
            "is_enterprise_install": False,
        }

    # Forms

    async def submit(
        self, user: User | str, view: View, values: Mapping[str, Any] | None = None, files: Mapping[str, Files] | Files = ()
    ) -> Delivery:
        """Fill in a form (fields by block_id or label) and send it. `errors` of the delivery are the sentences at its fields."""
        home, who = self.find_team(view.team_id), self.find_user(user, view.team_id)
        stack = self.views(who, team=home)
        if view not in stack or stack[-1] is not view:
            raise Impossible("the form is not on top")
        state, errors = forms.fill_in(self, home, who, view=view, values=values or {}, files=files)
        payload: JSON = {"type": "view_submission", **self._about(home, who, view), "view": describe_view(view, state)}
        payload["response_urls"] = self._response_urls(home, who, view, state)
        if errors:
            return Delivery(envelope={"payload": payload}, failed="required", errors=errors)
        delivery = await self._send("interactive", payload)
        if delivery.acked:
            self._close_or_change(delivery, home, who, view, stack)
        return delivery

    def _response_urls(self, home: Team, who: User, view: View, state: JSON) -> list[JSON]:
        urls: list[JSON] = []
        for block in forms.inputs_of(view):
            element = block["element"]
            chosen = state[block["block_id"]][element["action_id"]].get("selected_conversation")
            if element.get("response_url_enabled") and chosen:
                url = self.new_response_url(home, who, self.find_channel(chosen))
                urls.append({"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen, "response_url": url})
        return urls

    def _close_or_change(self, delivery: Delivery, home: Team, who: User, view: View, stack: list[View]) -> None:
        """Do what the app's answer to a form says."""
        ack = delivery.ack or {}
        action = ack.get("response_action")
        call = Call(world=self, method="view_submission", args={}, team=home)
        try:
            if action == "errors":
                delivery.errors = check_errors(view, ack)
            elif action == "clear":
                stack.clear()
            elif action == "update":
                view.body, view.hash = check_view(ack.get("view"), call.slack_file_fault), self.key("H")
            elif action == "push":
                body = check_view(ack.get("view"), call.slack_file_fault)
                stack.append(View(id=self.key("V"), team_id=home.id, user=who.id, body=body, hash=self.key("H"), root=stack[0].id))
            elif ack:
                delivery.failed = "invalid_response"
                delivery.errors = {"": f"no such response_action: {action}"}
            elif view in stack:
                # The app may have opened another view in the meantime.
                stack.remove(view)
        except Refusal as refusal:
            delivery.failed = "invalid_response"
            delivery.errors = {"": f"{refusal.error} {refusal.extra}"}

    async def close(self, user: User | str, view: View) -> Delivery | None:
        """Close a form without sending it; the app hears of it when the form says `notify_on_close`."""
        home, who = self.find_team(view.team_id), self.find_user(user, view.team_id)
        self.views(who, team=home).remove(view)
        if not view.body.get("notify_on_close"):
            return None
        payload = {"type": "view_closed", **self._about(home, who), "view": describe_view(view), "is_cleared": False}
        del payload["trigger_id"]
        return await self._send("interactive", payload)

    async def shortcut(
        self, user: User | str, callback_id: str, message: Message | None = None, *, team: Team | str | None = None
    ) -> Delivery:
        """Choose a global shortcut or, on a message, a message shortcut."""
        home = self.find_team(team or (self.find_channel(message.channel).team_id if message else None))
        who = self.find_user(user, home)
        payload: JSON = {"type": "shortcut", "callback_id": callback_id, "action_ts": self.stamp(), **self._about(home, who)}
        if message:
            if message.to:
                raise Impossible("ephemeral messages have no shortcuts")
            channel = self.find_channel(message.channel)
            self._enter(who, channel)
            payload |= {
                "type": "message_action",
                "message_ts": message.ts,
                "channel": {"id": channel.id, "name": channel.name},
                "message": describe(self, message, metadata=True),
                "response_url": self.new_response_url(home, who, channel),
            }
        return await self._send("interactive", payload)

    # Talking

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
        self._enter(who, where)
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
        self._enter(who, channel)
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

    # On the line

    async def tell(self, team: Team, event: JSON, *, socket: int = 0, event_id: str = "") -> Delivery:
        """Send an event that the app subscribes to. What is not acknowledged is sent again, up to three times."""
        kind = event["type"]
        grid = {"enterprise_id": team.enterprise_id} if team.enterprise_id else {}
        authorization = {"enterprise_id": team.enterprise_id, "team_id": team.id, "user_id": team.bot.id, "is_bot": True}
        payload: JSON = {
            "token": "verification",
            "team_id": team.id,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or self.key("Ev"),
            "event_time": int(self.now()),
            "authorizations": [{**authorization, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            **grid,
        }
        if kind != "message" and kind not in self.subscribed:
            return Delivery(envelope={"payload": payload}, failed="no_event")
        delivery = await self._send("events_api", payload, socket=socket)
        if delivery.failed and delivery.failed != "no_retry":
            self.again.append(self.group.create_task(self._tell_again(delivery)))
        return delivery

    async def _tell_again(self, delivery: Delivery) -> None:
        for number, pause in enumerate(self.retry_pauses, start=1):
            reason = "http_timeout" if delivery.failed == "operation_timeout" else "http_error"
            if self.line.target or self.line.sockets:
                await asyncio.sleep(pause)
            else:
                await self.line.connected(within=600)
            await self.line.send(delivery, retry=number, reason=reason if self.line.target else "timeout")
            if not delivery.failed or delivery.failed == "no_retry":
                return

    async def retry(self, delivery: Delivery, *, attempt: int = 1, socket: int = 0) -> Delivery:
        """Deliver the same envelope once more, as Slack does when it did not get the first acknowledgement."""
        repeated = Delivery(envelope=delivery.envelope)
        self.deliveries.append(repeated)
        await self.line.send(repeated, retry=attempt, reason="http_timeout" if self.line.target else "timeout", socket=socket)
        return repeated

    async def _send(self, kind: str, payload: JSON, *, socket: int = 0) -> Delivery:
        accepts = kind != "events_api"
        key = f"{self.key('')}-{self.key('')}"
        delivery = Delivery(envelope={"envelope_id": key, "type": kind, "payload": payload, "accepts_response_payload": accepts})
        self.deliveries.append(delivery)
        await self.line.send(delivery, socket=socket)
        return delivery

    def _answer(self, delivery: Delivery) -> None:
        """Show the message that came with the acknowledgement of a command."""
        token = delivery.payload["response_url"].rpartition("/")[2]
        try:
            delivery.message = answers.show(self, self.response_urls[token], delivery.ack or {})
        except Refusal as refusal:
            delivery.failed = "invalid_response"
            delivery.errors = {"": f"{refusal.error} {refusal.extra}"}

    def _enter(self, who: User, where: Channel) -> None:
        """A person can do something only where he is, and nothing in an archived channel."""
        if who.id not in where.members:
            raise Impossible(f"{who.name} is not in {where.name}")
        if where.archived:
            raise Impossible(f"{where.name} is archived")


def find_element(blocks: Sequence[JSON], what: str) -> tuple[JSON, JSON]:
    """The element that a person means, and its action as the payload has it."""
    every = elements_of(list(blocks))
    for element in every:
        action: JSON = {"type": element["type"], "action_id": element["action_id"], "block_id": element["block_id"]}
        if element["type"] == "button" and what in {element["text"]["text"], element.get("value"), element["action_id"]}:
            return element, {**action, "text": element["text"], **({"value": element["value"]} if "value" in element else {})}
        for option in element.get("options", []):
            if what in {option["text"]["text"], option["value"]}:
                many = element["type"] == "checkboxes"
                return element, {**action, "selected_options": [option]} if many else {**action, "selected_option": option}
        if element["action_id"] == what:
            return element, action
    raise Impossible(f"there is nothing to press called {what!r}; there is {[one.get('text', one) for one in every]}")


def check_errors(view: View, ack: JSON) -> dict[str, str]:
    """Sentences at fields. Slack takes them only for input blocks of this view."""
    errors: dict[str, str] = ack.get("errors") or {}
    known = {block["block_id"] for block in forms.inputs_of(view)}
    if not errors or set(errors) - known:
        raise Refusal("invalid_errors", blocks=sorted(set(errors) - known))
    return errors
