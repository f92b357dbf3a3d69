"""Filling: forms that people send or close, and what the app's answer does to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.wire.slack import forms
from tests.wire.slack.blocks import check_view
from tests.wire.slack.calls import Call
from tests.wire.slack.forms import Files
from tests.wire.slack.nouns import JSON, Delivery, Impossible, Refusal, Team, User, View
from tests.wire.slack.windows import DEPTH, describe_view
from tests.wire.slack.wires import Wires


@dataclass(kw_only=True)
class Filling(Wires):
    """What a person does with a form that is open."""

    async def submit(
        self, user: User | str, view: View, values: Mapping[str, Any] | None = None, files: Mapping[str, Files] | Files = ()
    ) -> Delivery:
        """Fill in a form (fields by block_id or label) and send it. `errors` of the delivery are the sentences at its fields."""
        home, who = self.find_team(view.team_id), self.find_user(user, view.team_id)
        stack = self.views(who, team=home)
        if view not in stack or stack[-1] is not view:
            raise Impossible("the form is not on top")
        state, errors = forms.fill_in(self, home, who, view=view, values=values or {}, files=files)
        payload: JSON = {"type": "view_submission", **self.about(home, who, view), "view": describe_view(view, state)}
        payload["response_urls"] = self._response_urls(home, who, view, state)
        if errors:
            return Delivery(envelope={"payload": payload}, failed="required", errors=errors)
        delivery = await self.send("interactive", payload)
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
                check_depth(stack)
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
        payload = {"type": "view_closed", **self.about(home, who), "view": describe_view(view), "is_cleared": False}
        del payload["trigger_id"]
        return await self.send("interactive", payload)


def check_depth(stack: list[View]) -> None:
    if len(stack) >= DEPTH:
        raise Refusal("push_limit_reached")


def check_errors(view: View, ack: JSON) -> dict[str, str]:
    """Sentences at fields. Slack takes them only for input blocks of this view."""
    errors: dict[str, str] = ack.get("errors") or {}
    known = {block["block_id"] for block in forms.inputs_of(view)}
    if not errors or set(errors) - known:
        raise Refusal("invalid_errors", blocks=sorted(set(errors) - known))
    return errors
