"""Theirs to ours: what Slack delivers, read as a deed: who did what, where. Nothing here asks anybody anything.

A deed becomes an Invocation once it is known who the person is (`people`) and what kind of place it is (`rooms`). Slack's texts come
escaped and with names for emoji; both are undone here, and here only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.platforms.slack import emoji, forms, mrkdwn
from adapters.platforms.slack.buttons import SAY
from adapters.platforms.slack.downloads import attachment
from adapters.platforms.slack.shapes import JSON, mapping, mappings, text
from adapters.platforms.slack.slips import PLATFORM, read_slip, where_of
from adapters.platforms.slack.whose import Body, enterprise_of, first, workspace_of
from bot.model import Attachment, Invocation, Origin, Person, Place, Post, Value

LIMNER = "limner"
"""The command that takes every other one behind it: `/limner imagine a fox`."""
CREATE, VARY, PROMPT = "create_image", "make_variations", "use_as_prompt"
"""The shortcuts' callback ids."""
_FILE_SHARED = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of messages that people write."""
_LOOKS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".heic", ".svg", ".tif", ".tiff", ".bmp")
"""How a picture's name ends: what is named so and is none is refused with a sentence, not left aside in silence."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody did. `place` without a channel is the direct conversation with the bot."""

    user: str
    place: Place
    event: str
    origin: Origin
    line: str = ""
    options: Mapping[str, Value] | None = None
    attachments: tuple[Attachment, ...] = ()
    emoji: str = ""
    post: Post | None = None
    name: str = ""
    """The person's name as the payload has it, should Slack not tell a better one."""
    once: str = ""
    """What this process takes once: the event, where nothing else is said."""
    trigger: str = field(default="", repr=False)
    """Good for opening one view, for three seconds."""
    response_url: str = field(default="", repr=False)
    """Lets anybody answer for half an hour: it is in no log."""
    enterprise: str = ""
    """The organisation, where the app is installed in all of it."""
    vague: bool = False
    """Whether the payload does not tell if the channel is a private one."""

    def invocation(self, person: Person, place: Place, post: Post | None) -> Invocation:
        """The same for the hub."""
        return Invocation(
            person=person,
            place=place,
            event=self.event,
            origin=self.origin,
            line=self.line,
            options=self.options,
            attachments=self.attachments,
            emoji=self.emoji,
            post=post,
        )


def read_command(body: Body) -> Deed:
    """A slash command. Slack lets nobody type one in a thread."""
    workspace = workspace_of(body)
    name = text(body.get("command")).removeprefix("/").lower()
    typed = read_text(body.get("text"))
    line = (typed or "help") if name == LIMNER else f"{name} {typed}".strip()
    trigger = text(body.get("trigger_id"))
    return Deed(
        user=text(body.get("user_id")),
        name=text(body.get("user_name")),
        place=_place(workspace, {"id": body.get("channel_id"), "name": body.get("channel_name")}),
        event=f"{workspace}:command:{trigger}",
        origin=Origin.COMMAND,
        line=line,
        trigger=trigger,
        response_url=text(body.get("response_url")),
        enterprise=enterprise_of(body),
    )


def read_message(body: Body, bot_user: str) -> Deed | None:
    """A mention in a channel, or a message in a direct conversation; None for what says nothing to the bot.

    A message that both mentions the bot and is sent to it arrives twice; by channel and time it is one.
    """
    event = mapping(body.get("event"))
    user = text(event.get("user"))
    if not user or user == bot_user or event.get("bot_id") or text(event.get("subtype")) not in _FILE_SHARED:
        return None
    direct = event.get("type") == "message"
    if direct and event.get("channel_type") != "im":
        return None
    workspace, channel, ts = workspace_of(body), text(event.get("channel")), text(event.get("ts"))
    attachments = pictures(workspace, event.get("files"))
    line = _said_to(read_text(event.get("text")), bot_user, direct=direct, attached=bool(attachments))
    if not line:
        return None
    thread = text(event.get("thread_ts"))
    return Deed(
        user=user,
        place=_place(workspace, {"id": channel}, thread=thread if thread != ts else ""),
        event=f"{workspace}:message:{channel}:{ts}",
        origin=Origin.MENTION,
        line=line,
        attachments=attachments,
        enterprise=enterprise_of(body),
        vague=not channel.startswith("D"),
    )


def read_reaction(body: Body, bot_user: str) -> Deed | None:
    """A reaction on a message that may be the bot's; None for any other."""
    event = mapping(body.get("event"))
    item, user, author = mapping(event.get("item")), text(event.get("user")), text(event.get("item_user"))
    if not user or user == bot_user or item.get("type") != "message" or (author and author != bot_user):
        return None
    workspace, channel, ts = workspace_of(body), text(item.get("channel")), text(item.get("ts"))
    name = text(event.get("reaction"))
    place = _place(workspace, {"id": channel})
    seen = emoji.reaction(name)
    event_key = f"{workspace}:reaction:{channel}:{ts}:{user}:{name.partition('::')[0]}"
    return Deed(
        user=user,
        place=place,
        event=event_key,
        # Taken away and set again, a reaction is another event; whether it then does something again is the hub's affair.
        once=text(body.get("event_id")) or event_key,
        origin=Origin.REACTION,
        emoji=seen,
        post=Post(place=place, id=ts),
        enterprise=enterprise_of(body),
        vague=not channel.startswith("D"),
    )


def read_button(body: Body) -> Deed | None:
    """A button of a message, of a whisper or of the home page; None for what is none of ours."""
    action = first(body.get("actions"))
    line = text(action.get("value"))
    if not text(action.get("action_id")).startswith(SAY) or not line:
        return None
    workspace, trigger = workspace_of(body), text(body.get("trigger_id"))
    view, container, message = mapping(body.get("view")), mapping(body.get("container")), mapping(body.get("message"))
    ts = text(container.get("message_ts")) or text(message.get("ts"))
    thread = text(message.get("thread_ts")) or text(container.get("thread_ts"))
    if view:
        place = read_slip(text(view.get("private_metadata")), workspace).place
    else:
        channel = mapping(body.get("channel")) or {"id": container.get("channel_id")}
        place = _place(workspace, channel, thread=thread if thread != ts else "")
    user = mapping(body.get("user"))
    return Deed(
        user=text(user.get("id")),
        name=text(user.get("name")) or text(user.get("username")),
        place=place,
        event=f"{workspace}:press:{trigger}",
        origin=Origin.BUTTON,
        line=line,
        post=Post(place=place, id=ts) if ts and not view else None,
        trigger=trigger,
        response_url=text(body.get("response_url")),
        enterprise=enterprise_of(body),
        vague=not view,
    )


def read_shortcut(body: Body) -> Deed | None:
    """A shortcut, used on a message or on nothing; None for what is none of ours."""
    workspace, trigger, used = workspace_of(body), text(body.get("trigger_id")), text(body.get("callback_id"))
    message = mapping(body.get("message"))
    ts, thread = text(message.get("ts")), text(message.get("thread_ts"))
    line: str
    options: dict[str, Value] | None = None
    match used:
        case _ if used == CREATE:
            line = "imagine --form"
        case _ if used == PROMPT and message:
            line, options = "imagine --form", {"prompt": read_text(message.get("text"))}
        case _ if used == VARY and message:
            line = "vary"
        case _:
            return None
    user = mapping(body.get("user"))
    place = _place(workspace, mapping(body.get("channel")), thread=thread if thread != ts else "")
    return Deed(
        user=text(user.get("id")),
        name=text(user.get("name")) or text(user.get("username")),
        place=place,
        event=f"{workspace}:shortcut:{trigger}",
        origin=Origin.SHORTCUT,
        line=line,
        options=options,
        attachments=pictures(workspace, message.get("files"))[:1] if used == VARY else (),
        post=Post(place=place, id=ts) if ts else None,
        trigger=trigger,
        response_url=text(body.get("response_url")),
        enterprise=enterprise_of(body),
        vague=bool(ts),
    )


def read_form(body: Body) -> Deed | None:
    """A form that was sent; None for what is none of ours."""
    view = mapping(body.get("view"))
    if view.get("callback_id") != forms.CALLBACK:
        return None
    workspace = workspace_of(body)
    slip = read_slip(text(view.get("private_metadata")), workspace)
    options, files = forms.filled(view)
    place, chosen = slip.place, where_of(view)
    if chosen and not place.channel:
        place = _place(workspace, {"id": chosen})
    user = mapping(body.get("user"))
    return Deed(
        user=text(user.get("id")),
        name=text(user.get("name")) or text(user.get("username")),
        place=place,
        # One window may show several forms in turn, and each may come back after a correction.
        event=f"{workspace}:form:{text(view.get('id'))}:{slip.line}",
        origin=Origin.FORM,
        line=slip.line,
        options={name: emoji.spell_out(value) for name, value in options.items()},
        attachments=pictures(workspace, files),
        trigger=text(body.get("trigger_id")),
        enterprise=enterprise_of(body),
        vague=bool(chosen),
    )


def read_text(value: object) -> str:
    """What somebody typed, from a text of Slack's."""
    return mrkdwn.plain(emoji.spell_out(mrkdwn.read(text(value))))


def pictures(workspace: str, files: object) -> tuple[Attachment, ...]:
    """The pictures among files, and what may be one: what is named so, or comes from another organisation without its kind."""
    found = [attachment(workspace, file) for file in mappings(files) if text(file.get("mimetype")).startswith("image/") or _may_be(file)]
    return tuple(one for one in found if one is not None)


def _may_be(file: JSON) -> bool:
    return file.get("file_access") == "check_file_info" or text(file.get("name")).lower().endswith(_LOOKS)


def _place(workspace: str, channel: Mapping[str, Any], *, thread: str = "") -> Place:
    id_, name = text(channel.get("id")), text(channel.get("name"))
    direct = id_.startswith("D") or not id_
    private = direct or name == "privategroup" or name.startswith("mpdm-")
    return Place(platform=PLATFORM, workspace=workspace, channel=id_, thread=thread or None, direct=direct, private=private)


def _said_to(said: str, bot_user: str, *, direct: bool, attached: bool) -> str:
    """The line in what was said: what stands behind the mention; in a direct conversation, all of it."""
    before, mention, after = said.partition(f"<@{bot_user}>")
    if mention:
        # Named at the end of a sentence ("thanks @limner"), the bot is spoken about, not asked.
        line = after.lstrip(" ,:\n").removeprefix("/")
        return line or ("" if before.strip() and not direct else "imagine" if attached else "help")
    return (said.removeprefix("/") or ("imagine" if attached else "")) if direct else ""
