"""What stands around Slack's blocks: messages with their author, modals and the Home tab."""

from datetime import UTC, datetime

from tests.wire.view import mrkdwn, slack_blocks
from tests.wire.view.markup import JSON, Html, Part, div, element, join, several, span
from tests.wire.view.people import avatar
from tests.wire.view.slack_elements import Known, words


def message(said: JSON, known: Known, *, threaded: bool = False) -> Html:
    """A message as `conversations.history` gives it; `is_ephemeral` marks what one person sees. In a thread, replies are not counted."""
    author = said.get("user") or said.get("bot_id", "")
    name = known.people.get(author, author)
    badge = span("badge", "APP") if said.get("bot_id") or author in known.bots else None
    heading = div("who", element("b", name), badge, element("time", clock(said["ts"])))
    whisper = div("only-you", "Only visible to you") if said.get("is_ephemeral") else None
    # Blocks stand in place of the text; the text is what a screen reader says of the message.
    body = slack_blocks.draw(said["blocks"], known) if said.get("blocks") else div("words", mrkdwn.draw(said.get("text", ""), known.people))
    coloured = [div("attachment", slack_blocks.draw(several(each, "blocks"), known)) for each in several(said, "attachments")]
    edited = span("edited", "(edited)") if said.get("edited") and not said.get("blocks") else None
    below: list[Part] = [_reactions(said), None if threaded else _replies(said, known)]
    return element(
        "article",
        avatar(author, name),
        div("said", whisper, heading, div("body", body, *coloured, edited), *below),
        class_="message whisper" if said.get("is_ephemeral") else "message",
        aria_label=f"{name}: {mrkdwn.unescape(said.get('text', ''))}",
    )


def clock(ts: str) -> str:
    """A message's ts as the time of day."""
    return f"{datetime.fromtimestamp(float(ts), UTC):%H:%M}"


def _reactions(said: JSON) -> Html | None:
    held = several(said, "reactions")
    return div("reactions", *(span("reaction", mrkdwn.emoji(each["name"]), f" {each.get('count', 1)}") for each in held)) if held else None


def _replies(said: JSON, known: Known) -> Html | None:
    count = said.get("reply_count", 0)
    faces = [avatar(user, known.people.get(user, user)) for user in said.get("reply_users", [])]
    counted = element("b", f"{count} {'reply' if count == 1 else 'replies'}")
    return div("replies", *faces, counted, span("faint", "View thread")) if count else None


def modal(view: JSON, known: Known) -> Html:
    """A modal as `views.open` takes it."""
    close = view.get("close") or {"type": "plain_text", "text": "Cancel"}
    buttons = [element("button", words(close, known), class_="button", type="button")]
    if view.get("submit"):
        buttons.append(element("button", words(view["submit"], known), class_="button primary", type="button"))
    title = words(view["title"], known)
    return div(
        "veil",
        element(
            "section",
            element("header", avatar("limner", "Limner"), element("h2", title), span("close", "✕", aria_hidden="true")),
            div("fields-of-form", slack_blocks.draw(view["blocks"], known)),
            element("footer", *buttons),
            class_="modal",
            role="dialog",
            aria_label=view["title"]["text"],
        ),
    )


def home(view: JSON, known: Known) -> Html:
    """The Home tab as `views.publish` takes it."""
    tabs = join(span("tab here" if name == "Home" else "tab", name) for name in ("Home", "Messages", "About"))
    return div("home", div("tabs", tabs), div("page", slack_blocks.draw(view["blocks"], known)))
