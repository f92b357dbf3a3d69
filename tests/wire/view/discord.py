"""Discord's screen, drawn as one HTML page from what its API holds: a channel with its thread beside it, or a modal.

A likeness for looking at our own messages, made of plain dicts as the REST API carries them. Nothing of Discord's own code or art is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire.view import discord_chrome
from tests.wire.view.discord_components import Known
from tests.wire.view.markup import JSON, NOTHING, Html, Part, div, element, join, page, span
from tests.wire.view.people import avatar

_STYLE = Path(__file__).with_name("discord.css")


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What one person has before them."""

    server: str = "Studio"
    channel: str = "general"
    """The channel's name; `@name` for a direct conversation."""
    topic: str = ""
    others: Sequence[str] = ("general", "design", "brand")
    messages: Sequence[JSON] = ()
    thread: Sequence[JSON] = ()
    """The message it began with, then what was said in it; empty for none open."""
    thread_name: str = ""
    modal: JSON | None = None
    viewer: str = "Ada"
    known: Known = field(default_factory=Known)
    dark: bool = True
    phone: bool = False


def draw(screen: Screen) -> str:
    """The page. On a phone a thread takes the whole width."""
    rooms: list[Part] = [] if screen.phone and screen.thread else [_room(screen, screen.channel, screen.messages)]
    if screen.thread:
        rooms.append(_room(screen, screen.thread_name, screen.thread, threaded=True))
    beside = NOTHING if screen.phone else join([_rail(screen), _sidebar(screen)])
    modal = discord_chrome.modal(screen.modal, screen.known) if screen.modal else None
    classes = " ".join(["dark" if screen.dark else "light", "phone" if screen.phone else "desk"])
    body = div("window", div("middle", beside, div("rooms", *rooms)), modal)
    return page(f"{screen.channel} in {screen.server}", _STYLE, body, classes=classes)


def _rail(screen: Screen) -> Html:
    return div(
        "rail", div("house plain", "✦"), div("rule"), div("house here", screen.server[:1]), div("house plain", "+"), aria_hidden="true"
    )


def _sidebar(screen: Screen) -> Html:
    rows: list[Part] = []
    for name in screen.others:
        rows.append(div("row here" if name == screen.channel else "row", span("hash", "#"), name))
        if name == screen.channel and screen.thread:
            rows.append(div("row under", span("hook", "└", aria_hidden="true"), screen.thread_name))
    me = div("me", avatar(screen.viewer, screen.viewer), div("", element("b", screen.viewer), div("faint", "Online")))
    return element("nav", element("h1", screen.server), div("group", "Text channels"), *rows, me)


def _room(screen: Screen, name: str, messages: Sequence[JSON], *, threaded: bool = False) -> Html:
    said = [discord_chrome.message(each, screen.known) for each in messages]
    day = div("day", span("", "Today")) if said and not threaded else None
    direct = name.startswith("@")
    heading = element("header", span("hash", "❯" if threaded else "" if direct else "#"), element("h2", name), span("topic", screen.topic))
    into = f"Message {name}" if direct or threaded else f"Message #{name}"
    written = div("composer", span("plus", "+", aria_hidden="true"), span("placeholder", into))
    return element("section", heading, div("scroll", day, *said), written, class_="room thread" if threaded else "room")
