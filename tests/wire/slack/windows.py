"""Windows: modals and home tabs, opened with triggers that live for three seconds."""

from tests.wire.slack.blocks import check_view
from tests.wire.slack.calls import Call
from tests.wire.slack.nouns import JSON, Refusal, Trigger, View

TRIGGER_SECONDS = 3
DEPTH = 3


def open_view(call: Call) -> JSON:
    trigger = take_trigger(call)
    body = check_modal(call)
    view = add_view(call, trigger.user, body)
    call.world.modals[trigger.user] = [view]
    return {"view": describe_view(view)}


def push_view(call: Call) -> JSON:
    trigger = take_trigger(call)
    body = check_modal(call)
    stack = call.world.modals.get(trigger.user, [])
    if not stack or trigger.view is None:
        raise Refusal("not_found")
    if len(stack) >= DEPTH:
        raise Refusal("push_limit_reached")
    view = add_view(call, trigger.user, body, root=stack[0].id)
    stack.append(view)
    return {"view": describe_view(view)}


def update_view(call: Call) -> JSON:
    wanted, external = call.text("view_id"), call.text("external_id")
    every = [view for stack in call.world.modals.values() for view in stack if view.team_id == call.team.id]
    homes = [view for view in call.world.homes.values() if view.team_id == call.team.id]
    found = [view for view in [*every, *homes] if (wanted and view.id == wanted) or (external and view.body.get("external_id") == external)]
    if not found:
        raise Refusal("not_found")
    view = found[0]
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    view.body = check_view(call.given("view"), call.slack_file_fault)
    view.hash = call.world.key("H")
    return {"view": describe_view(view)}


def publish_view(call: Call) -> JSON:
    user = call.team.users.get(call.text("user_id"))
    if user is None:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid user_id [json-pointer:/user_id]"]})
    if user.deleted or user.bot:
        raise Refusal("not_enabled")
    old = call.world.homes.get(user.id)
    if old and call.text("hash") and call.text("hash") != old.hash:
        raise Refusal("hash_conflict")
    body = check_view(call.given("view"), call.slack_file_fault)
    if body["type"] != "home":
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a home view [json-pointer:/view/type]"]})
    view = add_view(call, user.id, body)
    call.world.homes[user.id] = view
    return {"view": describe_view(view)}


def check_modal(call: Call) -> JSON:
    body = check_view(call.given("view"), call.slack_file_fault)
    if body["type"] != "modal":
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a modal view [json-pointer:/view/type]"]})
    others = [view for stack in call.world.modals.values() for view in stack if view.team_id == call.team.id]
    if body.get("external_id") and body["external_id"] in [view.body.get("external_id") for view in others]:
        raise Refusal("duplicate_external_id")
    return body


def take_trigger(call: Call) -> Trigger:
    """The trigger, used up. Refuses with expired_trigger_id after three seconds and exchanged_trigger_id the second time."""
    trigger = call.world.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.team_id != call.team.id:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if call.world.now() - trigger.since > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    trigger.used = True
    return trigger


def add_view(call: Call, user: str, body: JSON, *, root: str = "") -> View:
    key = call.world.key("V")
    return View(id=key, team_id=call.team.id, user=user, body=body, hash=call.world.key("H"), root=root or key)


def describe_view(view: View, state: JSON | None = None) -> JSON:
    empty = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
    return {
        **empty,
        **view.body,
        "id": view.id,
        "team_id": view.team_id,
        "hash": view.hash,
        "root_view_id": view.root,
        "state": {"values": state or {}},
    }
