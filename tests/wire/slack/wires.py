"""Wires: how what happens in Slack becomes payloads, and how events that nobody acknowledged come again."""

import asyncio
from dataclasses import dataclass, field

from tests.wire.slack.line import Line
from tests.wire.slack.nouns import JSON, Channel, Delivery, Impossible, Team, User, View
from tests.wire.slack.windows import describe_view
from tests.wire.slack.world import World


@dataclass(kw_only=True)
class Wires(World):
    """A world with a line to the app."""

    line: Line = field(init=False)
    group: asyncio.TaskGroup = field(init=False)
    again: list[asyncio.Task[None]] = field(default_factory=list["asyncio.Task[None]"])

    def about(self, home: Team, who: User, view: View | None = None) -> JSON:
        """What every interactive payload has."""
        return {
            "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team_id},
            "api_app_id": self.app_id,
            "token": "verification",
            "trigger_id": self.new_trigger(home, who, view),
            "team": None
            if home.org_wide
            else {"id": home.id, "domain": home.name, **({"enterprise_id": home.enterprise_id} if home.enterprise_id else {})},
            "enterprise": {"id": home.enterprise_id, "name": "Grid"} if home.enterprise_id else None,
            "is_enterprise_install": home.org_wide,
        }

    def of_view(self, view: View) -> JSON:
        return {"container": {"type": "view", "view_id": view.id}, "view": describe_view(view)}

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
            "authorizations": [{**authorization, "is_enterprise_install": team.org_wide}],
            "is_ext_shared_channel": False,
            **grid,
        }
        if kind != "message" and kind not in self.subscribed:
            return Delivery(envelope={"payload": payload}, failed="no_event")
        delivery = await self.send("events_api", payload, socket=socket)
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

    async def send(self, kind: str, payload: JSON, *, socket: int = 0) -> Delivery:
        accepts = kind != "events_api"
        key = f"{self.key('')}-{self.key('')}"
        delivery = Delivery(envelope={"envelope_id": key, "type": kind, "payload": payload, "accepts_response_payload": accepts})
        self.deliveries.append(delivery)
        await self.line.send(delivery, socket=socket)
        return delivery

    def enter(self, who: User, where: Channel) -> None:
        """A person can do something only where he is, and nothing in an archived channel."""
        if who.id not in where.members:
            raise Impossible(f"{who.name} is not in {where.name}")
        if where.archived:
            raise Impossible(f"{where.name} is archived")
