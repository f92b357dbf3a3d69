"""Parts that blocks and elements are made of: texts, options, confirm dialogs, and the notes about what is wrong with them."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from tests.wire.slack.nouns import JSON, is_list, is_object

FileCheck = Callable[[JSON], str]
"""What is wrong with a slack_file object, or nothing."""


@dataclass(kw_only=True)
class Notes:
    """What is wrong, as Slack says it: a sentence and a JSON pointer."""

    messages: list[str] = field(default_factory=list[str])
    file_check: FileCheck = field(default=lambda _: "")
    ids: set[str] = field(default_factory=set[str])

    def add(self, sentence: str, pointer: str) -> None:
        self.messages.append(f"[ERROR] {sentence} [json-pointer:{pointer}]")

    def fields(self, thing: Any, pointer: str, *, needs: Collection[str], may: Collection[str] = ()) -> bool:
        """Whether it is an object with the fields that it needs; notes what is missing and what does not belong."""
        if not is_object(thing):
            self.add("must provide an object", pointer)
            return False
        body: JSON = thing
        missing = [name for name in needs if body.get(name) is None]
        for name in missing:
            self.add(f"missing required field: {name}", pointer)
        for name in body:
            if name not in {*needs, *may, "type", "block_id", "action_id"}:
                self.add(f"invalid additional property: {name}", pointer)
        return not missing

    def string(self, value: Any, pointer: str, *, most: int, least: int = 0) -> bool:
        """Whether it is a string of a length that is allowed."""
        if not isinstance(value, str):
            self.add("must be a string", pointer)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", pointer)
        else:
            return True
        return False

    def text(self, value: Any, pointer: str, *, most: int, kinds: Collection[str] = ("plain_text",)) -> None:
        """A text object of 1 to `most` characters."""
        if not self.fields(value, pointer, needs=("type", "text"), may=("emoji", "verbatim")):
            return
        if value["type"] not in kinds:
            self.add(f"unsupported type: {value['type']}", f"{pointer}/type")
        self.string(value["text"], f"{pointer}/text", most=most, least=1)
        if "verbatim" in value and value["type"] != "mrkdwn":
            self.add("invalid additional property: verbatim", pointer)
        if "emoji" in value and value["type"] != "plain_text":
            self.add("invalid additional property: emoji", pointer)

    def items(self, value: Any, pointer: str, *, most: int, least: int = 1) -> list[Any]:
        """A list's items, none when it is no list; notes a length that is not allowed."""
        if not is_list(value):
            self.add("must be an array", pointer)
            return []
        items: list[Any] = value
        if len(items) > most:
            self.add(f"no more than {most} items allowed", pointer)
        if len(items) < least:
            self.add(f"no fewer than {least} items allowed" if least > 1 else "must have at least one item", pointer)
        return items

    def unique(self, kind: str, value: Any, pointer: str, *, scope: str = "") -> None:
        """A block_id or action_id: at most 255 characters, and no other of the same name."""
        if value is None:
            return
        if not self.string(value, f"{pointer}/{kind}", most=255, least=1):
            return
        mark = f"{kind} {scope} {value}"
        if mark in self.ids:
            self.add(f"`{kind}` already exists" if kind == "block_id" else f"{kind} must be unique", f"{pointer}/{kind}")
        self.ids.add(mark)

    def confirm(self, value: Any, pointer: str) -> None:
        """A confirm dialog."""
        if not self.fields(value, pointer, needs=("title", "text", "confirm", "deny"), may=("style",)):
            return
        self.text(value["title"], f"{pointer}/title", most=100)
        self.text(value["text"], f"{pointer}/text", most=300, kinds=("plain_text", "mrkdwn"))
        self.text(value["confirm"], f"{pointer}/confirm", most=30)
        self.text(value["deny"], f"{pointer}/deny", most=30)
        self.style(value, pointer)

    def style(self, thing: JSON, pointer: str) -> None:
        if thing.get("style") not in {None, "primary", "danger"}:
            self.add("must be a valid enum value", f"{pointer}/style")

    def url(self, value: Any, pointer: str) -> None:
        if self.string(value, pointer, most=3000, least=1) and not re.match(r"https?://\S+$", value):
            self.add("invalid url", pointer)

    def options(self, value: Any, pointer: str, *, most: int, kinds: Collection[str] = ("plain_text",)) -> None:
        """Options of a select (text 75, value 150), each value once."""
        values: set[str] = set()
        for number, option in enumerate(self.items(value, pointer, most=most)):
            here = f"{pointer}/{number}"
            if not self.fields(option, here, needs=("text", "value"), may=("description", "url")):
                continue
            self.text(option["text"], f"{here}/text", most=75, kinds=kinds)
            if self.string(option["value"], f"{here}/value", most=150, least=1) and option["value"] in values:
                self.add("option values must be unique", f"{here}/value")
            values.add(str(option["value"]))
            if "description" in option:
                self.text(option["description"], f"{here}/description", most=75, kinds=kinds)

    def image(self, thing: JSON, pointer: str) -> None:
        """What an image block and an image element share: one source, and an alternative text."""
        self.string(thing["alt_text"], f"{pointer}/alt_text", most=2000, least=1)
        if ("image_url" in thing) == ("slack_file" in thing):
            self.add("must define either `image_url` or `slack_file`", pointer)
        elif "image_url" in thing:
            self.url(thing["image_url"], f"{pointer}/image_url")
        elif self.fields(thing["slack_file"], f"{pointer}/slack_file", needs=(), may=("id", "url")):
            fault = self.file_check(thing["slack_file"])
            if fault:
                self.add(fault, f"{pointer}/slack_file")
