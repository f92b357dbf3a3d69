"""Pressing: slash commands, buttons, menus and shortcuts."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.wire.slack import answers
from tests.wire.slack.nouns import JSON, Channel, Delivery, Impossible, Message, Refusal, Team, User, View, elements_of
from tests.wire.slack.posting import describe
from tests.wire.slack.spelling import escape, spell
from tests.wire.slack.wires import Wires


@dataclass(kw_only=True)
class Pressing(Wires):
    """A person is a name, an id or a User; a channel likewise. Without `team`, names are the default workspace's."""

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
        self.enter(who, where)
        payload: JSON = {
            "token": "verification",
            "team_id": home.id,
            "team_domain": home.name,
            "channel_id": where.id,
            "channel_name": "directmessage" if where.kind == "im" else "privategroup" if where.kind != "public" else where.name,
            "user_id": who.id,
            "user_name": who.name,
            "command": name,
            "text": spell(text, home, command=True) if self.should_escape else escape(text),
            "api_app_id": self.app_id,
            "is_enterprise_install": str(home.org_wide).lower(),
            "response_url": self.new_response_url(home, who, where),
            "trigger_id": trigger_id or self.new_trigger(home, who),
        }
        if home.enterprise_id:
            payload |= {"enterprise_id": home.enterprise_id, "enterprise_name": "Grid"}
        delivery = await self.send("slash_commands", payload, socket=socket)
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
        about = self.about(home, who, view=where if isinstance(where, View) else None)
        payload = {"type": "block_actions", **about, "actions": [{**action, "action_ts": self.stamp()}]}
        payload |= self.of_view(where) if isinstance(where, View) else self._of_message(home, who, where)
        if element.get("confirm") and not confirmed:
            return Delivery(envelope={"payload": payload}, failed="cancelled", confirm=element["confirm"])
        delivery = await self.send("interactive", payload, socket=socket)
        delivery.confirm = element.get("confirm")
        return delivery

    async def suggest(self, user: User | str, view: View, action_id: str, typed: str) -> list[JSON]:
        """Type into an external select; gives the options that the app offers."""
        home, who = self.find_team(view.team_id), self.find_user(user, view.team_id)
        element, _ = find_element(view.blocks, action_id)
        about = {"type": "block_suggestion", "action_id": action_id, "block_id": element["block_id"], "value": typed}
        payload = {**about, **self.about(home, who), **self.of_view(view)}
        delivery = await self.send("interactive", payload)
        options: list[JSON] = (delivery.ack or {}).get("options", [])
        return options

    def _of_message(self, home: Team, who: User, message: Message) -> JSON:
        channel = self.find_channel(message.channel)
        self.enter(who, channel)
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

    async def shortcut(
        self, user: User | str, callback_id: str, message: Message | None = None, *, team: Team | str | None = None
    ) -> Delivery:
        """Choose a global shortcut or, on a message, a message shortcut."""
        home = self.find_team(team or (self.find_channel(message.channel).team_id if message else None))
        who = self.find_user(user, home)
        payload: JSON = {"type": "shortcut", "callback_id": callback_id, "action_ts": self.stamp(), **self.about(home, who)}
        if message:
            if message.to:
                raise Impossible("ephemeral messages have no shortcuts")
            channel = self.find_channel(message.channel)
            self.enter(who, channel)
            payload |= {
                "type": "message_action",
                "message_ts": message.ts,
                "channel": {"id": channel.id, "name": channel.name},
                "message": describe(self, message, metadata=True),
                "response_url": self.new_response_url(home, who, channel),
            }
        return await self.send("interactive", payload)

    def _answer(self, delivery: Delivery) -> None:
        """Show the message that came with the acknowledgement of a command."""
        token = delivery.payload["response_url"].rpartition("/")[2]
        try:
            delivery.message = answers.show(self, self.response_urls[token], delivery.ack or {})
        except Refusal as refusal:
            delivery.failed = "invalid_response"
            delivery.errors = {"": f"{refusal.error} {refusal.extra}"}


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
