"""Reading: conversations, people, reactions and user groups."""

from tests.wire.slack.calls import Call
from tests.wire.slack.nouns import JSON, Channel, Group, Message, Refusal, User
from tests.wire.slack.posting import describe


def history(call: Call) -> JSON:
    channel = call.channel()
    call.need_scope(f"{channel.family}:history")
    call.readable(channel)
    return paged(call, list(reversed(call.world.messages(channel))))


def replies(call: Call) -> JSON:
    channel = call.channel()
    call.need_scope(f"{channel.family}:history")
    call.readable(channel)
    ts = call.text("ts")
    found = [message for message in channel.messages if message.ts == ts]
    if not found:
        raise Refusal("thread_not_found")
    return paged(call, [*found, *call.world.messages(channel, ts)])


def paged(call: Call, every: list[Message]) -> JSON:
    """A page of messages between `oldest` and `latest`, `limit` of them, and a cursor when there are more."""
    oldest, latest = float(call.text("oldest") or 0), float(call.text("latest") or "inf")
    ends = {oldest, latest} if call.flag("inclusive") else set[float]()
    within = [message for message in every if oldest < float(message.ts) < latest or float(message.ts) in ends]
    limit = min(call.number("limit", 100), 999)
    start = call.number("cursor", 0)
    page, more = within[start : start + limit], len(within) > start + limit
    return {
        "messages": [describe(call.world, message, metadata=call.flag("include_all_metadata")) for message in page],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def describe_channel(call: Call, channel: Channel) -> JSON:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "public",
        "is_private": channel.kind != "public",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_archived": channel.archived,
        "is_ext_shared": channel.shared,
        "is_shared": channel.shared,
        "is_member": call.team.bot.id in channel.members,
        "context_team_id": channel.team_id,
    }


def open_conversation(call: Call) -> JSON:
    users = [part for part in call.text("users").split(",") if part]
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    if not users:
        raise Refusal("users_list_not_supplied")
    call.need_scope("im:write" if len(users) == 1 else "mpim:write")
    people = [call.team.users.get(user) for user in users]
    found = [user for user in people if user and not user.deleted]
    if len(found) != len(users):
        raise Refusal("user_not_found")
    if any(user.bot for user in found):
        raise Refusal("cannot_dm_bot")
    if len(found) == 1:
        return {"channel": {"id": call.world.direct_channel(found[0], call.team).id}}
    members = {call.team.bot.id, *users}
    for channel in call.team.channels.values():
        if channel.kind == "mpim" and channel.members == members:
            return {"channel": {"id": channel.id}}
    channel = Channel(id=call.world.key("G"), name="mpim", team_id=call.team.id, kind="mpim", members=members)
    call.team.channels[channel.id] = channel
    return {"channel": {"id": channel.id}}


def conversation(call: Call) -> JSON:
    channel = call.channel()
    call.need_scope(f"{channel.family}:read")
    if channel.kind != "public":
        call.readable(channel)
    return {"channel": describe_channel(call, channel)}


def conversations(call: Call) -> JSON:
    """Channels that the bot sees; users.conversations gives only those that it is in."""
    kinds = {kind.removesuffix("_channel") for kind in (call.text("types") or "public_channel").split(",")}
    for kind in sorted(kinds):
        call.need_scope({"public": "channels:read", "private": "groups:read"}.get(kind, f"{kind}:read"))
    only = call.method == "users.conversations"
    seen = [
        channel
        for channel in call.team.channels.values()
        if channel.kind in kinds and (call.team.bot.id in channel.members or (channel.kind == "public" and not only))
    ]
    return {"channels": [describe_channel(call, channel) for channel in seen], "response_metadata": {"next_cursor": ""}}


def members(call: Call) -> JSON:
    channel = call.channel()
    call.need_scope(f"{channel.family}:read")
    call.readable(channel)
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def describe_user(user: User, *, locale: bool) -> JSON:
    shown: JSON = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.name.title(),
        "deleted": user.deleted,
        "tz": user.tz,
        "profile": {"display_name": user.name, "real_name": user.name.title()},
        "is_admin": user.admin,
        "is_owner": user.owner,
        "is_primary_owner": False,
        "is_restricted": user.restricted,
        "is_ultra_restricted": user.ultra_restricted,
        "is_bot": user.bot,
        "is_stranger": user.stranger,
    }
    if user.stranger:
        # Slack says nothing about a stranger's role in his own workspace.
        for name in ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted"):
            del shown[name]
    return {**shown, "locale": user.locale} if locale else shown


def user(call: Call) -> JSON:
    found = call.team.users.get(call.text("user"))
    if found is None:
        raise Refusal("user_not_found")
    return {"user": describe_user(found, locale=call.flag("include_locale"))}


def users(call: Call) -> JSON:
    every = [describe_user(one, locale=call.flag("include_locale")) for one in call.team.users.values()]
    return {"members": every, "response_metadata": {"next_cursor": ""}}


def bot(call: Call) -> JSON:
    if call.text("bot") not in {"", call.team.bot_id}:
        raise Refusal("bot_not_found")
    return {"bot": {"id": call.team.bot_id, "app_id": call.world.app_id, "name": "limner", "user_id": call.team.bot.id, "deleted": False}}


def team(call: Call) -> JSON:
    grid = {"enterprise_id": call.team.enterprise_id} if call.team.enterprise_id else {}
    return {"team": {"id": call.team.id, "name": call.team.name, "domain": call.team.name, **grid}}


def add_reaction(call: Call) -> JSON:
    message = reacted(call)
    users = message.reactions.setdefault(call.text("name"), [])
    if call.team.bot.id in users:
        raise Refusal("already_reacted")
    users.append(call.team.bot.id)
    return {}


def remove_reaction(call: Call) -> JSON:
    message = reacted(call)
    if call.team.bot.id not in message.reactions.get(call.text("name"), []):
        raise Refusal("no_reaction")
    message.reactions[call.text("name")].remove(call.team.bot.id)
    return {}


def reacted(call: Call) -> Message:
    channel = call.channel()
    call.readable(channel)
    if channel.archived:
        raise Refusal("is_archived")
    if not call.text("name").replace("_", "").replace("-", "").replace("+", "").replace("::", "").isalnum():
        raise Refusal("invalid_name")
    return call.world.message_at(channel, call.text("timestamp"))


def reactions(call: Call) -> JSON:
    channel = call.channel()
    call.readable(channel)
    message = call.world.message_at(channel, call.text("timestamp"))
    return {"type": "message", "channel": channel.id, "message": describe(call.world, message)}


def group_users(call: Call) -> JSON:
    if not call.team.paid:
        raise Refusal("plan_upgrade_required")
    group = call.team.groups.get(call.text("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": group.users}


def groups(call: Call) -> JSON:
    if not call.team.paid:
        raise Refusal("plan_upgrade_required")
    return {"usergroups": [describe_group(group, users=call.flag("include_users")) for group in call.team.groups.values()]}


def describe_group(group: Group, *, users: bool) -> JSON:
    """A user group; who is in it only where that was asked for."""
    shown: JSON = {"id": group.id, "handle": group.handle, "name": group.handle, "date_delete": 0, "user_count": len(group.users)}
    return {**shown, "users": group.users} if users else shown
