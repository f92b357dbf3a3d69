"""Blocks: whether a message's blocks or a view are as Slack wants them, and what its error says when they are not."""

import json
from typing import Any

from tests.wire.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element
from tests.wire.slack.nouns import JSON, Refusal, is_list, is_object
from tests.wire.slack.parts import FileCheck, Notes

IN_MESSAGE = 50
IN_VIEW = 100
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "section": ((), ("text", "fields", "accessory", "expand")),
    "header": (("text",), ()),
    "divider": ((), ()),
    "image": (("alt_text",), ("image_url", "slack_file", "title")),
    "context": (("elements",), ()),
    "actions": (("elements",), ()),
    "input": (("label", "element"), ("hint", "optional", "dispatch_action")),
    "rich_text": (("elements",), ()),
    "markdown": (("text",), ()),
}
"""The blocks that this Slack knows, with the fields that each needs and may have."""


def check_message_blocks(blocks: Any, file_check: FileCheck) -> list[JSON]:
    """A message's blocks, ids filled in. Refuses with invalid_blocks."""
    if not is_list(blocks):
        raise Refusal("invalid_blocks_format")
    notes = Notes(file_check=file_check)
    check_blocks(notes, blocks, "/blocks", most=IN_MESSAGE, surface="message")
    refuse(notes, "invalid_blocks")
    return fill(blocks)


def check_view(view: Any, file_check: FileCheck) -> JSON:
    """A view, ids filled in. Refuses with invalid_arguments, or view_too_large above 250 KB."""
    notes = Notes(file_check=file_check)
    if not is_object(view):
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] must provide an object [json-pointer:/view]"]})
    body: JSON = view
    if len(json.dumps(body)) > 250_000:
        raise Refusal("view_too_large")
    home = body.get("type") == "home"
    if body.get("type") not in {"modal", "home"}:
        notes.add(f"unsupported type: {body.get('type')}", "/view/type")
    may = (
        "title",
        "submit",
        "close",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    )
    if notes.fields(body, "/view", needs=("type", "blocks") if home else ("type", "blocks", "title"), may=may):
        check_window(notes, body, home=home)
        check_blocks(notes, body["blocks"], "/view/blocks", most=IN_VIEW, surface="home" if home else "modal")
    refuse(notes, "invalid_arguments")
    return {**body, "blocks": fill(body["blocks"])}


def check_window(notes: Notes, body: JSON, *, home: bool) -> None:
    """What surrounds a view's blocks."""
    for name in ("title", "submit", "close"):
        if name in body and body[name] is not None:
            notes.text(body[name], f"/view/{name}", most=24)
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if name in body:
            notes.string(body[name], f"/view/{name}", most=most)
    blocks: Any = body["blocks"]
    inputs = is_list(blocks) and any(is_object(block) and block.get("type") == "input" for block in blocks)
    if inputs and not home and not body.get("submit"):
        notes.add("missing required field: submit", "/view")


def check_blocks(notes: Notes, blocks: Any, pointer: str, *, most: int, surface: str) -> None:
    markdown = 0
    for number, block in enumerate(notes.items(blocks, pointer, most=most, least=0)):
        here = f"{pointer}/{number}"
        if not is_object(block) or block.get("type") not in SHAPES:
            notes.add("unsupported type", f"{here}/type")
            continue
        body: JSON = block
        needs, may = SHAPES[body["type"]]
        notes.unique("block_id", body.get("block_id"), here)
        if notes.fields(body, here, needs=needs, may=may):
            check_block(notes, body, here, surface=surface)
            markdown += len(body["text"]) if body["type"] == "markdown" else 0
    if markdown > 12_000:
        notes.add("markdown text must be less than 12001 characters in all", pointer)


def check_block(notes: Notes, block: JSON, pointer: str, *, surface: str) -> None:
    kind = block["type"]
    if kind == "section":
        check_section(notes, block, pointer)
    elif kind == "header":
        notes.text(block["text"], f"{pointer}/text", most=150)
    elif kind == "image":
        notes.image(block, pointer)
        if "title" in block:
            notes.text(block["title"], f"{pointer}/title", most=2000)
    elif kind == "context":
        check_context(notes, block, pointer)
    elif kind == "actions":
        check_actions(notes, block, pointer)
    elif kind == "input":
        check_input(notes, block, pointer, surface=surface)
    elif kind == "markdown":
        notes.string(block["text"], f"{pointer}/text", most=12_000, least=1)
    elif kind == "rich_text":
        notes.items(block["elements"], f"{pointer}/elements", most=100)


def check_section(notes: Notes, block: JSON, pointer: str) -> None:
    if "text" not in block and "fields" not in block:
        notes.add("must define either `text` or `fields`", pointer)
    if "text" in block:
        notes.text(block["text"], f"{pointer}/text", most=3000, kinds=("plain_text", "mrkdwn"))
    if "fields" in block:
        for number, one in enumerate(notes.items(block["fields"], f"{pointer}/fields", most=10)):
            notes.text(one, f"{pointer}/fields/{number}", most=2000, kinds=("plain_text", "mrkdwn"))
    if "accessory" in block:
        check_element(notes, block["accessory"], f"{pointer}/accessory", allowed=IN_SECTION, scope=pointer)


def check_context(notes: Notes, block: JSON, pointer: str) -> None:
    for number, element in enumerate(notes.items(block["elements"], f"{pointer}/elements", most=10)):
        here = f"{pointer}/elements/{number}"
        if is_object(element) and element.get("type") == "image":
            check_element(notes, element, here, allowed={"image"}, scope=here)
        else:
            notes.text(element, here, most=3000, kinds=("plain_text", "mrkdwn"))


def check_actions(notes: Notes, block: JSON, pointer: str) -> None:
    for number, element in enumerate(notes.items(block["elements"], f"{pointer}/elements", most=25)):
        check_element(notes, element, f"{pointer}/elements/{number}", allowed=IN_ACTIONS, scope=pointer)


def check_input(notes: Notes, block: JSON, pointer: str, *, surface: str) -> None:
    notes.text(block["label"], f"{pointer}/label", most=2000)
    if block.get("hint"):
        notes.text(block["hint"], f"{pointer}/hint", most=2000)
    allowed = IN_INPUT if surface == "modal" else IN_INPUT - {"file_input"}
    check_element(notes, block["element"], f"{pointer}/element", allowed=allowed, scope=pointer)


def refuse(notes: Notes, error: str) -> None:
    if notes.messages:
        plain = [message.removeprefix("[ERROR] ") for message in notes.messages]
        raise Refusal(error, errors=plain, response_metadata={"messages": notes.messages})


def fill(blocks: list[JSON]) -> list[JSON]:
    """The same blocks; whatever had no block_id or action_id has one."""
    filled: list[JSON] = []
    for number, block in enumerate(blocks):
        copy: JSON = {"block_id": f"b{number:04d}", **json.loads(json.dumps(block))}
        for place, element in enumerate([*copy.get("elements", []), copy.get("accessory"), copy.get("element")]):
            if element and block["type"] in {"section", "actions", "input"}:
                element.setdefault("action_id", f"a{place:04d}")
        filled.append(copy)
    return filled
