"""Readers: how Discord's clients read markup, as far as our messages use it, written apart from what writes it."""

import re
from typing import Any

MENTION = re.compile(r"<(?:@&?|#)\d{15,21}>")
JSON = dict[str, Any]


def read(markup: str) -> str:
    """The text that a reader sees. Fails on whatever a client would take for markup."""
    seen: list[str] = []
    at = 0
    begins = True
    while at < len(markup):
        if mention := MENTION.match(markup, at):
            seen.append(mention[0])
            at, begins = mention.end(), False
            continue
        character = markup[at]
        if character == "\\" and at + 1 < len(markup) and not markup[at + 1].isalnum() and not markup[at + 1].isspace():
            seen.append(markup[at + 1])
            at, begins = at + 2, False
            continue
        assert character not in "\\*_~`|<>[]", f"{markup!r} has markup at {at}"
        assert not markup.startswith(("@everyone", "@here", "://"), at), f"{markup!r} wakes or links at {at}"
        if begins:
            assert not re.match(r"\s*(?:#{1,3}|-#?|\+|\d+[.)])(?:\s|$)", markup[at:].split("\n", maxsplit=1)[0]), (
                f"{markup!r} begins a block at {at}"
            )
        begins = character == "\n"
        seen.append(character)
        at += 1
    return "".join(seen).replace("@\u200b", "@")


def texts(components: list[JSON]) -> list[str]:
    """The contents of all text displays."""
    return [each["content"] for each in inside(components) if each["type"] == 10]


def inside(components: list[JSON]) -> list[JSON]:
    """All components, however deep."""
    return [found for each in components for found in (each, *inside(each.get("components", [])))]


def buttons(components: list[JSON]) -> list[JSON]:
    return [each for each in inside(components) if each["type"] == 2]
