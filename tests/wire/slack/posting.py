"""Posting: the chat.* methods, with what a channel, a thread, a text and metadata may be."""

import json
import re
from typing import Any

from tests.wire.slack import pings
from tests.wire.slack.blocks import check_message_blocks
from tests.wire.slack.calls import Call, describe_file
from tests.wire.slack.nouns import JSON, Channel, Message, Refusal, is_list, is_object
from tests.wire.slack.world import World

POSTED = 40_000
UPDATED = 4_000
METADATA = 8_000
"""Slack publishes no number; ids fit in here many times."""


def post_message(call: Call) -> JSON:
    channel = call.channel(direct=True) if not call.text("channel").startswith("#") else named(call)
    call.writable(channel)
    text, blocks = content_of(call)
    message = call.world.write(
        channel,
        call.team.bot.id,
        text[:POSTED],
        blocks=blocks or [],
        metadata=metadata_of(call),
        thread_ts=thread_of(call, channel),
        broadcast=call.flag("reply_broadcast"),
        bot_id=call.team.bot_id,
    )
    if call.flag("link_names") or call.text("parse") == "full":
        call.world.fired += pings.named_in(message)
    return {"channel": channel.id, "ts": message.ts, "message": describe(call.world, message, metadata=True)}


def named(call: Call) -> Channel:
    """A public channel by its name."""
    for channel in call.team.channels.values():
        if channel.kind == "public" and f"#{channel.name}" == call.text("channel"):
            return channel
    raise Refusal("channel_not_found")


def thread_of(call: Call, channel: Channel) -> str | None:
    """The thread to post into. A ts that is not there, or a reply's, is refused, so that nobody relies on either."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    parents = [message for message in channel.messages if message.ts == ts]
    if not parents:
        raise Refusal("thread_not_found")
    if parents[0].thread_ts not in {None, ts}:
        raise Refusal("cannot_reply_to_message")
    parents[0].thread_ts = ts
    return ts


def content_of(call: Call) -> tuple[str, list[JSON] | None]:
    """Text and blocks; blocks are None when none were given."""
    text = call.text("text")
    given = call.given("blocks", error="invalid_blocks_format")
    blocks = None if given is None else check_message_blocks(given, call.slack_file_fault)
    markdown = call.text("markdown_text")
    if markdown and (text or blocks):
        raise Refusal("markdown_text_conflict")
    if len(markdown) > 12_000:
        raise Refusal("msg_too_long")
    if not text and not blocks and not markdown and not call.given("attachments"):
        raise Refusal("no_text")
    return text or markdown, blocks


def metadata_of(call: Call) -> JSON | None:
    """Checked metadata, or None. An empty object is kept as it is: it removes metadata in an update."""
    given = call.given("metadata", error="invalid_metadata_format")
    if not given:
        return given
    if not is_object(given) or set(given) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    metadata: JSON = given
    event_type, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(event_type, str) or not re.fullmatch(r"\w{1,50}", event_type, re.ASCII):
        raise Refusal("invalid_metadata_format")
    if not is_object(payload) or not all(flat(key, value, deep=True) for key, value in payload.items()):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA:
        raise Refusal("metadata_too_large")
    return metadata


def flat(key: Any, value: Any, *, deep: bool) -> bool:
    """Whether a key and value may stand in metadata: plain values, and one level of objects and lists of them."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(key)):
        return False
    if isinstance(value, (str, bool, int, float)):
        return True
    if deep and is_object(value):
        return all(flat(name, one, deep=False) for name, one in value.items())
    return deep and is_list(value) and all(isinstance(one, str | int | float) or flat(key, one, deep=True) for one in value)


def update(call: Call) -> JSON:
    channel = call.channel()
    if channel.kind != "public":
        # Among its documented errors is none about membership: what chat:write.public posted can be changed.
        call.readable(channel)
    if channel.archived:
        raise Refusal("is_inactive")
    message = call.world.message_at(channel, call.text("ts"))
    if message.bot_id != call.team.bot_id:
        raise Refusal("cant_update_message")
    window = call.world.edit_window
    if window is not None and call.world.now() - float(message.ts) > window:
        raise Refusal("edit_window_closed")
    if len(call.text("text")) > UPDATED:
        raise Refusal("msg_too_long")
    text, blocks = content_of(call)
    metadata = metadata_of(call)
    message.edited = message.edited or blocks is None
    message.text = text
    message.said.append(text)
    message.blocks = blocks or []
    message.metadata = message.metadata if metadata is None else metadata or None
    if "file_ids" in call.args:
        message.files = list(call.given("file_ids") or [])
    call.world.fired += pings.fired_by(message)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": describe(call.world, message, metadata=True)}


def post_ephemeral(call: Call) -> JSON:
    channel = call.channel()
    call.writable(channel)
    user = call.team.users.get(call.text("user"))
    if user is None:
        raise Refusal("user_not_found")
    if user.id not in channel.members or user.deleted:
        raise Refusal("user_not_in_channel")
    text, blocks = content_of(call)
    if len(text) > POSTED:
        raise Refusal("msg_too_long")
    message = call.world.write(
        channel,
        call.team.bot.id,
        text,
        to=user.id,
        blocks=blocks or [],
        thread_ts=call.text("thread_ts") or None,
        bot_id=call.team.bot_id,
    )
    return {"message_ts": message.ts}


def delete(call: Call) -> JSON:
    channel = call.channel()
    call.readable(channel)
    message = call.world.message_at(channel, call.text("ts"))
    if message.bot_id != call.team.bot_id:
        raise Refusal("cant_delete_message")
    channel.messages.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> JSON:
    channel = call.channel()
    message = call.world.message_at(channel, call.text("message_ts"))
    return {"channel": channel.id, "permalink": f"{call.world.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"}


def set_status(call: Call) -> JSON:
    channel = call.channel("channel_id")
    call.readable(channel)
    call.world.message_at(channel, call.text("thread_ts"))
    call.world.statuses.append({name: call.text(name) for name in ("channel_id", "thread_ts", "status")})
    return {}


def describe(world: World, message: Message, *, metadata: bool = False) -> JSON:
    """A message as the Web API and payloads show it; metadata whole, or only its event_type."""
    shown: JSON = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "blocks": message.blocks}
    if not message.blocks:
        del shown["blocks"]
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": world.app_id}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.files:
        shown["files"] = [describe_file(world, world.files[file]) for file in message.files]
    if message.reactions:
        shown["reactions"] = [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]
    if message.metadata:
        shown["metadata"] = message.metadata if metadata else {"event_type": message.metadata["event_type"]}
    return shown
