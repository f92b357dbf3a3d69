"""Faults: what Slack's error codes mean in a sentence, and whether trying again can help."""

from collections.abc import Mapping
from typing import Any

from adapters.platforms.slack.shapes import mapping, text, texts
from bot.errors import PlatformFault

INVITE = "I am not in this channel; invite me with /invite and my name."
_TOKEN = "Slack does not accept the bot's token any more; an admin of this workspace has to install the app again."  # noqa: S105 - a sentence about one
_CHANNEL = "Slack does not show me this channel; if it is private, invite me with /invite and my name."
_GONE = "Slack does not have that message any more."
_FILE_GONE = "Slack does not have that file any more; attach it again."
_POSTING = "This workspace does not let apps post in this channel; an admin of it can allow that."

SENTENCES: Mapping[str, str] = {
    # The token and the app.
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "account_inactive": _TOKEN,
    "app_uninstalled": _TOKEN,
    "team_access_not_granted": "The app is not installed in this workspace; an admin of the organisation has to add it there.",
    "access_denied": "Slack does not let the app do that here; an admin of this workspace can allow it.",
    "no_permission": "Slack does not let the app do that here; an admin of this workspace can allow it.",
    "ekm_access_denied": "This workspace's administrators have shut off access to messages for now.",
    "enterprise_is_restricted": "This organisation does not let apps do that; an admin of it can allow it.",
    "method_not_supported_for_channel_type": "Slack does not offer that in this kind of conversation.",
    # Where it was to go.
    "not_in_channel": INVITE,
    "channel_not_found": _CHANNEL,
    "is_archived": "This channel is archived; nothing can be posted in it.",
    "posting_to_channel_denied": _POSTING,
    "restricted_action": _POSTING,
    "restricted_action_read_only_channel": _POSTING,
    "restricted_action_thread_only_channel": "This channel takes replies in threads only.",
    "restricted_action_non_threadable_channel": "This channel takes no replies in threads.",
    "restricted_action_thread_locked": "This thread is locked.",
    "thread_not_found": "Slack does not have that thread any more.",
    "thread_locked": "This thread is locked.",
    "cannot_reply_to_message": "Slack takes no replies to that message.",
    "invalid_thread_ts": "Slack does not have that thread.",
    "user_not_in_channel": "That person is not in this channel.",
    "user_not_found": "Slack does not know that person.",
    "users_not_found": "Slack does not know that person.",
    "user_disabled": "That person's account is switched off.",
    "cannot_dm_bot": "Slack carries no messages between bots.",
    "messages_tab_disabled": "Direct messages to the app are switched off; an admin can turn on its Messages tab.",
    "as_user_not_supported": _POSTING,
    "is_bot": "Slack carries no messages between bots.",
    # The message itself.
    "message_not_found": _GONE,
    "cant_update_message": "Slack does not let me change that message.",
    "edit_window_closed": "Slack does not let messages be changed any more after so long.",
    "is_inactive": "Slack does not let that message be changed any more.",
    "no_text": "Slack takes no empty message.",
    "msg_too_long": "The message is longer than Slack takes.",
    "msg_blocks_too_long": "The message is longer than Slack takes.",
    "invalid_blocks": "Slack did not take the form of the message.",
    "invalid_blocks_format": "Slack did not take the form of the message.",
    "invalid_metadata_format": "Slack did not take the mark on the message.",
    "invalid_metadata_schema": "Slack did not take the mark on the message.",
    "metadata_too_large": "Slack did not take the mark on the message.",
    # Files.
    "file_uploads_disabled": "File uploads are switched off in this workspace, so pictures cannot be shown; an admin can turn them on.",
    "file_uploads_except_images_disabled": "This workspace takes no such files.",
    "file_upload_size_restricted": "The picture is larger than this workspace takes.",
    "storage_limit_reached": "This workspace has no room for files left; an admin can delete old ones.",
    "file_not_found": _FILE_GONE,
    "file_deleted": _FILE_GONE,
    "blocked_file_type": "This workspace takes no such files.",
    "post_file_limit_exceeded": "Slack takes no further files in that message.",
}
"""What cannot be helped by trying again, by Slack's code."""

PASSING: Mapping[str, str] = {
    "ratelimited": "Slack asks for a pause.",
    "rate_limited": "Slack asks for a pause.",
    "message_limit_exceeded": "Slack asks for a pause.",
    "internal_error": "Slack has a problem of its own.",
    "fatal_error": "Slack has a problem of its own.",
    "service_unavailable": "Slack is out of order right now.",
    "team_added_to_org": "This workspace is being moved to an organisation; it works again when that is done.",
    "request_timeout": "Slack did not get the whole message.",
    "external_channel_migrating": "This shared channel is being moved; it works again when that is done.",
    "file_update_failed": "Slack could not keep the picture.",
}
"""What trying again later may help."""

TOKEN = frozenset(code for code, sentence in SENTENCES.items() if sentence is _TOKEN)
"""Codes that say that the workspace's token is worth nothing any more."""


_DOUBTFUL = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


class Refusal(PlatformFault):
    """Slack's own no, with its code and, for malformed blocks, what it said about them."""

    def __init__(self, sentence: str, *, code: str, permanent: bool, details: tuple[str, ...] = ()) -> None:
        super().__init__(sentence, permanent=permanent)
        self.code = code
        self.details = details

    @property
    def about_files(self) -> bool:
        """Whether it is about a picture in the blocks that Slack cannot show (yet)."""
        return self.code == "invalid_blocks" and (
            not self.details or any("slack_file" in detail or "slack file" in detail.lower() for detail in self.details)
        )

    @property
    def about_blocks(self) -> bool:
        """Whether Slack does not take the blocks: then the words are said in fewer."""
        return self.code in {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}


class Unanswered(PlatformFault):
    """No answer came, so that nobody knows whether it was done."""


def is_doubtful(fault: PlatformFault) -> bool:
    """Whether what was asked for may have been done all the same."""
    if isinstance(fault, Refusal):
        return fault.code in _DOUBTFUL or fault.code.startswith("http_")
    return isinstance(fault, Unanswered)


def refusal(status: int, body: Mapping[str, Any], method: str) -> Refusal:
    """What an answer that is not `ok` means. Slack's words go into it only as far as they are codes."""
    code = text(body.get("error"))
    if code == "missing_scope":
        needed = text(body.get("needed")) or "another scope"
        sentence = f"The Slack app lacks the scope {needed[:80]}; an admin has to add it to the app and install it again."
        return Refusal(sentence, code=code, permanent=True)
    told = (*texts(mapping(body.get("response_metadata")).get("messages")), *texts(body.get("errors")))
    details = tuple(detail[:300] for detail in told)
    if code in SENTENCES:
        return Refusal(SENTENCES[code], code=code, permanent=True, details=details)
    if code in PASSING:
        return Refusal(PASSING[code], code=code, permanent=False)
    if status >= 500 or not code:  # noqa: PLR2004 - theirs, not ours
        return Refusal(f"Slack is out of order right now ({method} answered {status}).", code=f"http_{status}", permanent=False)
    return Refusal(f"Slack refused {method} ({code[:60]}).", code=code, permanent=True, details=details)


def unreachable(method: str, error: Exception) -> Unanswered:
    """No answer at all. The kind of error is told, never its text: that may hold an address with a key in it."""
    return Unanswered(f"Slack could not be reached for {method} ({type(error).__name__}).")
