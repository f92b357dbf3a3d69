"""The methods of the Web API: what each needs, its scope, its tier, and who does it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.wire.slack import installs, posting, reading, uploads, windows
from tests.wire.slack.calls import Handler


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method. `tier` is calls a minute as Slack's tiers 1 to 4, or None where it has limits of its own or none."""

    do: Handler
    needs: tuple[str, ...] = ()
    scope: str = ""
    tier: int | None = None


METHODS: Mapping[str, Method] = {
    "auth.test": Method(do=installs.check_auth),
    "auth.revoke": Method(do=installs.revoke, tier=3),
    "chat.postMessage": Method(do=posting.post_message, needs=("channel",), scope="chat:write"),
    "chat.update": Method(do=posting.update, needs=("channel", "ts"), scope="chat:write", tier=3),
    "chat.postEphemeral": Method(do=posting.post_ephemeral, needs=("channel", "user"), scope="chat:write", tier=4),
    "chat.delete": Method(do=posting.delete, needs=("channel", "ts"), scope="chat:write", tier=3),
    "chat.getPermalink": Method(do=posting.permalink, needs=("channel", "message_ts")),
    "assistant.threads.setStatus": Method(do=posting.set_status, needs=("channel_id", "thread_ts"), scope="chat:write", tier=3),
    "conversations.history": Method(do=reading.history, needs=("channel",), tier=3),
    "conversations.replies": Method(do=reading.replies, needs=("channel", "ts"), tier=3),
    "conversations.open": Method(do=reading.open_conversation, tier=3),
    "conversations.info": Method(do=reading.conversation, needs=("channel",), tier=3),
    "conversations.list": Method(do=reading.conversations, tier=2),
    "conversations.members": Method(do=reading.members, needs=("channel",), tier=4),
    "users.conversations": Method(do=reading.conversations, tier=3),
    "users.info": Method(do=reading.user, needs=("user",), scope="users:read", tier=4),
    "users.list": Method(do=reading.users, scope="users:read", tier=2),
    "bots.info": Method(do=reading.bot, scope="users:read", tier=3),
    "team.info": Method(do=reading.team, scope="team:read", tier=3),
    "reactions.add": Method(do=reading.add_reaction, needs=("channel", "timestamp", "name"), scope="reactions:write", tier=3),
    "reactions.remove": Method(do=reading.remove_reaction, needs=("channel", "timestamp", "name"), scope="reactions:write", tier=2),
    "reactions.get": Method(do=reading.reactions, needs=("channel", "timestamp"), scope="reactions:read", tier=3),
    "usergroups.list": Method(do=reading.groups, scope="usergroups:read", tier=2),
    "usergroups.users.list": Method(do=reading.group_users, needs=("usergroup",), scope="usergroups:read", tier=2),
    "files.getUploadURLExternal": Method(do=uploads.get_upload_url, needs=("filename", "length"), scope="files:write", tier=4),
    "files.completeUploadExternal": Method(do=uploads.complete_upload, needs=("files",), scope="files:write", tier=4),
    "files.info": Method(do=uploads.info, needs=("file",), scope="files:read", tier=4),
    "files.delete": Method(do=uploads.delete, needs=("file",), scope="files:write", tier=3),
    "views.open": Method(do=windows.open_view, needs=("trigger_id", "view"), tier=4),
    "views.push": Method(do=windows.push_view, needs=("trigger_id", "view"), tier=4),
    "views.update": Method(do=windows.update_view, needs=("view",), tier=4),
    "views.publish": Method(do=windows.publish_view, needs=("user_id", "view"), tier=4),
}
