"""Slack's screen, drawn as one HTML page from what its API holds: a channel with its thread, a modal, or the Home tab.

A likeness for looking at our own messages, made of plain dicts as the Web API carries them. Nothing of Slack's own code or art is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire.view import slack_chrome
from tests.wire.view.markup import JSON, NOTHING, Html, Part, div, element, join, page, span, text
from tests.wire.view.people import avatar
from tests.wire.view.slack_elements import Known

_STYLE = Path(__file__).with_name("slack.css")


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What one person has before them."""

    workspace: str = "Studio"
    channel: str = "general"
    """The channel's name; empty for the direct conversation with the bot."""
    topic: str = ""
    others: Sequence[str] = ("general", "design", "brand")
    messages: Sequence[JSON] = ()
    thread: Sequence[JSON] = ()
    """The parent, then its replies; empty for none open."""
    modal: JSON | None = None
    home: JSON | None = None
    known: Known = field(default_factory=Known)
    dark: bool = False
    phone: bool = False
    sidebar: bool = True


def draw(screen: Screen) -> str:
    """The page. On a phone a thread, or the Home tab, takes the whole width."""
    rooms: list[Part] = []
    if screen.home is not None:
        rooms.append(_room("Limner", slack_chrome.home(screen.home, screen.known)))
    elif not (screen.phone and screen.thread):
        rooms.append(_channel(screen))
    if screen.thread and screen.home is None:
        rooms.append(_thread(screen))
    beside = NOTHING if screen.phone else join([_rail(screen), _sidebar(screen) if screen.sidebar else None])
    modal = slack_chrome.modal(screen.modal, screen.known) if screen.modal else None
    body = div("window", NOTHING if screen.phone else _top(screen), div("middle", beside, div("rooms", *rooms)), modal)
    classes = " ".join(["dark" if screen.dark else "light", "phone" if screen.phone else "desk"])
    return page(f"{screen.channel or 'Limner'} in {screen.workspace}", _STYLE, body, classes=classes)


def _top(screen: Screen) -> Html:
    return div("top", div("search", f"Search {screen.workspace}"))


def _rail(screen: Screen) -> Html:
    places = (div("place", span("pad here" if name == "Home" else "pad", name[0]), name) for name in ("Home", "DMs", "Activity", "More"))
    return div("rail", div("house", screen.workspace[:1]), *places, aria_hidden="true")


def _sidebar(screen: Screen) -> Html:
    here = screen.channel if screen.home is None else None
    rows = [div("row here" if name == here else "row", span("hash", "#"), name) for name in screen.others]
    app = div("row here" if not here else "row", avatar("limner", "Limner"), "Limner")
    return element("nav", element("h1", screen.workspace), div("group", "Channels"), *rows, div("group", "Apps"), app)


def _channel(screen: Screen) -> Html:
    title = join([span("hash", "#"), text(screen.channel)]) if screen.channel else text("Limner")
    said = [slack_chrome.message(each, screen.known) for each in screen.messages]
    into = f"Message #{screen.channel}" if screen.channel else "Message Limner"
    day = div("day", span("", "Today")) if said else None
    return _room(title, join([div("spring"), day, *said]), topic=screen.topic, composer=into)


def _thread(screen: Screen) -> Html:
    parent, *replies = (slack_chrome.message(each, screen.known, threaded=True) for each in screen.thread)
    count = div("count", f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}") if replies else None
    return _room("Thread", join([parent, count, *replies]), topic=f"# {screen.channel}", composer="Reply…", classes="room thread")


def _room(title: Part, body: Part, *, topic: str = "", composer: str = "", classes: str = "room") -> Html:
    close = span("close", "✕", aria_hidden="true") if "thread" in classes else None
    heading = element("header", element("h2", title), span("topic", topic), close)
    written = (
        div("composer", div("bar", span("", "B"), element("i", "I"), element("s", "S")), span("placeholder", composer))
        if composer
        else None
    )
    return element("section", heading, div("scroll", body), written, class_=classes)
