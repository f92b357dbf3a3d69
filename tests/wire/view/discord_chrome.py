"""What stands around Discord's components: messages with author, embeds, attachments and thread, and modals."""

from collections.abc import Mapping
from datetime import datetime

from tests.wire.view import discord_components, markdown
from tests.wire.view.discord_components import Known, gallery, picture
from tests.wire.view.markup import JSON, Html, Part, div, element, inner, several, span
from tests.wire.view.people import avatar

_EPHEMERAL = 1 << 6
_LAYOUT = 1 << 15
_SPOILER = 1 << 3


def message(said: JSON, known: Known) -> Html:
    """A message as Discord's API gives it: content, embeds, components, attachments, reactions, thread, flags, interaction_metadata."""
    author: str = said["author"]["id"]
    name = known.people.get(author) or said["author"].get("global_name") or said["author"].get("username", author)
    badge = span("badge", "APP") if said["author"].get("bot") or author in known.bots else None
    heading = div("who", element("b", name), badge, element("time", clock(said["timestamp"])))
    flags: int = said.get("flags", 0)
    parts: list[Part] = [_used(said, known), heading]
    if said.get("content"):
        parts.append(
            div(
                "words", markdown.draw(said["content"], known.people), span("edited", " (edited)") if said.get("edited_timestamp") else None
            )
        )
    if not flags & _LAYOUT:
        parts += [_attachments(said, known), *(_embed(each, known) for each in several(said, "embeds"))]
    parts.append(discord_components.draw(several(said, "components"), known))
    parts += [_reactions(said), _thread(said)]
    if flags & _EPHEMERAL:
        parts.append(div("only-you", "Only you can see this · ", element("a", "Dismiss message")))
    body = div("said", *parts)
    return element(
        "article",
        avatar(author, name),
        body,
        class_="message whisper" if flags & _EPHEMERAL else "message",
        aria_label=f"Message by {name}",
    )


def clock(timestamp: str) -> str:
    """A message's timestamp as the time of day."""
    return f"{datetime.fromisoformat(timestamp):%H:%M}"


def _used(said: JSON, known: Known) -> Html | None:
    asked = inner(said, "interaction_metadata")
    if not asked.get("name"):
        return None
    user = asked["user"]
    name = known.people.get(user["id"], user.get("username", user["id"]))
    return div("used", element("b", name), " used ", span("mention", f"/{asked['name']}"))


def _attachments(said: JSON, known: Known) -> Html | None:
    # An attachment that an embed shows stands there, and not again above it.
    embedded = {
        inner(each, part).get("url", "").removeprefix("attachment://")
        for each in several(said, "embeds")
        for part in ("image", "thumbnail")
    }
    shown = [
        picture(
            each["url"],
            known,
            alt=each.get("description"),
            spoiler=bool(each.get("flags", 0) & _SPOILER) or each["filename"].startswith("SPOILER_"),
        )
        for each in several(said, "attachments")
        if each["filename"] not in embedded and each["url"] not in embedded
    ]
    return gallery(shown) if shown else None


def _embed(embed: JSON, known: Known) -> Html:
    people = known.people
    parts: list[Part] = []
    if embed.get("author"):
        parts.append(div("by", embed["author"]["name"]))
    if embed.get("title"):
        parts.append(element("h4", markdown.inline(embed["title"], people)))
    if embed.get("description"):
        parts.append(div("words", markdown.draw(embed["description"], people)))
    if embed.get("fields"):
        parts.append(div("fields", *(_field(each, people) for each in embed["fields"])))
    if embed.get("image"):
        # An embed's picture has no description of its own: that is Discord's, and a screen reader hears nothing.
        parts.append(picture(embed["image"]["url"], known, alt=None))
    if embed.get("footer"):
        parts.append(div("footer", embed["footer"]["text"]))
    beside = div("thumbnail", picture(embed["thumbnail"]["url"], known, alt=None)) if embed.get("thumbnail") else None
    colour = embed.get("color")
    return div("embed", div("main", *parts), beside, style=f"border-left-color: #{colour:06x}" if colour is not None else None)


def _field(each: JSON, people: Mapping[str, str]) -> Html:
    kind = "field" if each.get("inline") else "field across"
    return div(kind, element("b", markdown.inline(each["name"], people)), markdown.draw(each["value"], people))


def _reactions(said: JSON) -> Html | None:
    held = several(said, "reactions")
    return div("reactions", *(span("reaction", f"{each['emoji']['name']} {each.get('count', 1)}") for each in held)) if held else None


def _thread(said: JSON) -> Html | None:
    thread = inner(said, "thread")
    if not thread:
        return None
    count = thread.get("message_count", 0)
    counted = element("a", f"{count} {'Message' if count == 1 else 'Messages'} ›")
    return div("in-thread", element("b", thread["name"]), counted)


def modal(shown: JSON, known: Known) -> Html:
    """A modal as an interaction's answer carries it: title and components."""
    buttons = [
        element("button", "Cancel", class_="button secondary", type="button"),
        element("button", "Submit", class_="button primary", type="button"),
    ]
    return div(
        "veil",
        element(
            "section",
            element("header", avatar("limner", "Limner"), element("h2", shown["title"])),
            div("fields-of-form", discord_components.draw(shown["components"], known)),
            element("footer", *buttons),
            class_="modal",
            role="dialog",
            aria_label=shown["title"],
        ),
    )
