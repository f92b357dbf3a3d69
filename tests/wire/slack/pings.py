"""Pings: what in a posted text Slack makes live, as its own parser would."""

import re
from collections.abc import Iterator
from typing import Any

from tests.wire.slack.nouns import Message, Ping, is_list, is_object

LIVE = re.compile(r"<([@#!]?)([^<>\n]*)>")


def fired_by(message: Message) -> list[Ping]:
    """Everybody whom a message pings, and every link that it hides behind a label. The text and the blocks both count."""
    texts = [message.text, *mrkdwn_of(message.blocks)]
    found = [ping for text in texts for ping in live_in(text, message)]
    return found + [ping for block in message.blocks if block["type"] == "rich_text" for ping in rich_in(block, message)]


def named_in(message: Message) -> list[Ping]:
    """What a bare @channel becomes live with, when a message was posted with link_names or parse=full."""
    words = re.findall(r"(?<!\w)@(channel|here|everyone)\b", "\n".join([message.text, *mrkdwn_of(message.blocks)]))
    return [Ping(kind=word, target=word, label="", channel=message.channel, ts=message.ts) for word in words]


def mrkdwn_of(part: Any) -> Iterator[str]:
    """Every text in some blocks that is parsed: mrkdwn objects and markdown blocks; plain_text is not."""
    if is_list(part):
        for one in part:
            yield from mrkdwn_of(one)
    elif is_object(part):
        if part.get("type") in {"mrkdwn", "markdown"} and isinstance(part.get("text"), str):
            yield part["text"]
        else:
            yield from mrkdwn_of(list(part.values()))


def live_in(text: str, message: Message) -> Iterator[Ping]:
    """Whatever stands between live angle brackets. Code spans do not protect: Slack resolves mentions inside them too."""
    for sign, inside in LIVE.findall(text):
        target, _, label = inside.partition("|")
        kind = kind_of(sign, target)
        # A date is live and harmless, and <> with nothing in it shows as it stands.
        if kind:
            yield Ping(kind=kind, target=target, label=label, channel=message.channel, ts=message.ts)


def kind_of(sign: str, target: str) -> str:
    """What a live pair of angle brackets is: a kind of ping, or nothing."""
    if sign == "@":
        return "user" if target[:1] in {"U", "W"} else ""
    if sign == "#":
        return "place" if target[:1] in {"C", "G"} else ""
    if sign == "!":
        word = target.partition("^")[0]
        return word if word in {"channel", "here", "everyone", "subteam"} else ""
    return "link" if re.match(r"(https?|mailto|tel|slack):", target) else ""


def rich_in(part: Any, message: Message) -> Iterator[Ping]:
    """The elements of rich text that ping."""
    if is_list(part):
        for one in part:
            yield from rich_in(one, message)
    elif is_object(part):
        thing = part
        kind = str(thing.get("type", ""))
        known = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range", "channel": "channel_id", "link": "url"}
        if kind in known and known[kind] in thing:
            target = str(thing[known[kind]])
            word = {"usergroup": "subteam", "channel": "place", "broadcast": target}.get(kind, kind)
            yield Ping(kind=word, target=target, label=str(thing.get("text", "")), channel=message.channel, ts=message.ts)
        else:
            yield from rich_in(list(thing.values()), message)
