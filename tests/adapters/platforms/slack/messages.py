"""Messages to try the outbound side with, and Slack's own checks of what it makes of them."""

from typing import Any, cast

from hypothesis import strategies as st

from bot.model import Action, Emphasis, Field, Form, Message, Picture, Tone
from tests.wire.slack.nouns import Message as Said
from tests.wire.slack.pings import fired_by

NASTY = [
    "<!channel>",
    "<!here|hi>",
    "<@U0ADA>",
    "<!subteam^S1>",
    "<https://evil.example|your bank>",
    "&lt;!channel&gt;",
    "```",
    "`",
    "*",
    "\n> ",
    ":tada:",
    "@channel",
    "\ud83e",
    "\0",
    "🦊",
    "a" * 400,
    " ",
]
TEXTS = st.text(max_size=40) | st.lists(st.sampled_from(NASTY), max_size=12).map("".join)
PICTURES = st.builds(
    Picture,
    key=st.just("shown/a.webp"),
    original=st.sampled_from(["", "images/a.png"]),
    alt=TEXTS,
    title=TEXTS,
    width=st.just(10),
    height=st.just(10),
    index=st.integers(1, 10),
    spoiler=st.booleans(),
)
ACTIONS = st.builds(Action, label=TEXTS, line=TEXTS, emphasis=st.sampled_from(Emphasis), confirm=TEXTS)
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    title=TEXTS,
    body=TEXTS,
    fields=st.lists(st.tuples(TEXTS, TEXTS), max_size=30).map(tuple),
    context=TEXTS,
    code=TEXTS,
    pictures=st.lists(PICTURES, max_size=10).map(tuple),
    actions=st.lists(ACTIONS, max_size=30).map(tuple),
    progress=st.none() | st.floats(-1, 2),
    tone=st.sampled_from(Tone),
    job=st.sampled_from(["", "3f2a"]),
)
FIELDS = st.builds(
    Field,
    name=st.sampled_from(["prompt", "seed", "model", "image"]),
    label=TEXTS,
    value=TEXTS,
    hint=TEXTS,
    choices=st.lists(TEXTS, max_size=5).map(tuple),
    required=st.booleans(),
    long=st.booleans(),
    numeric=st.booleans(),
    longest=st.integers(1, 4000),
    file=st.booleans(),
)
FORMS = st.builds(
    Form,
    title=TEXTS,
    line=st.just("remix 3f2a"),
    fields=st.lists(FIELDS, min_size=1, max_size=4, unique_by=lambda field: field.name).map(tuple),
    submit=TEXTS,
)


def alive(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """What in a text and some blocks Slack would make live: pings, links, channels."""
    return [f"{ping.kind} {ping.target}" for ping in fired_by(Said(ts="1.0", channel="C1", user="UBOT", text=text, blocks=blocks))]


def words_of(blocks: Any) -> str:
    """All words in some blocks, in their order, parted by line feeds."""
    if isinstance(blocks, list):
        return "\n".join(filter(None, map(words_of, blocks)))  # pyright: ignore[reportUnknownArgumentType] - JSON is what it is
    if isinstance(blocks, dict):
        thing = cast("dict[str, Any]", blocks)
        words = (value if name in {"text", "alt_text"} and isinstance(value, str) else words_of(value) for name, value in thing.items())
        return "\n".join(filter(None, words))
    return ""


def types_of(blocks: list[dict[str, Any]]) -> list[str]:
    """The kinds of some blocks."""
    return [block["type"] for block in blocks]
