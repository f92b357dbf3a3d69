"""Elements: what buttons, selects and fields have to have, and where they may stand."""

from typing import Any

from tests.wire.slack.nouns import JSON, is_list, is_object
from tests.wire.slack.parts import Notes

SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
MULTI = {f"multi_{name}" for name in SELECTS}
DATES = {"datepicker", "timepicker", "datetimepicker"}
CHOICES = {"checkboxes", "radio_buttons"}
TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
IN_ACTIONS = {"button", "overflow", *SELECTS, *CHOICES, *DATES}
IN_SECTION = {*IN_ACTIONS, *MULTI, "image"}
IN_INPUT = {*TYPED, *SELECTS, *MULTI, *CHOICES, *DATES, "file_input"}

INITIAL = ("initial_option", "initial_options", "initial_user", "initial_users", "initial_conversation", "initial_conversations")
CHOOSING = ("placeholder", "options", "option_groups", "confirm", "focus_on_load", "min_query_length", *INITIAL)
MAY: dict[str, tuple[str, ...]] = {
    "button": ("text", "value", "url", "style", "confirm", "accessibility_label"),
    "overflow": ("options", "confirm"),
    "image": ("image_url", "slack_file", "alt_text"),
    "plain_text_input": (
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "placeholder",
        "dispatch_action_config",
        "focus_on_load",
    ),
    "number_input": ("is_decimal_allowed", "initial_value", "min_value", "max_value", "placeholder", "dispatch_action_config"),
    "file_input": ("filetypes", "max_files"),
    "checkboxes": ("options", "initial_options", "confirm", "focus_on_load"),
    "radio_buttons": ("options", "initial_option", "confirm", "focus_on_load"),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "button": ("text",),
    "overflow": ("options",),
    "image": ("alt_text",),
    "number_input": ("is_decimal_allowed",),
    "checkboxes": ("options",),
    "radio_buttons": ("options",),
}
CONVERSATIONS = ("default_to_current_conversation", "response_url_enabled", "filter", "initial_channel", "initial_channels")


def check_element(notes: Notes, element: Any, pointer: str, *, allowed: set[str], scope: str) -> None:
    """An interactive element, or an image, at a place where only some kinds may stand."""
    if not notes.fields(element, pointer, needs=("type",), may=element if is_object(element) else ()):
        return
    body: JSON = element
    kind = str(body["type"])
    if kind not in allowed:
        notes.add(f"unsupported type: {kind}", f"{pointer}/type")
        return
    may = MAY.get(
        kind, (*CHOOSING, *CONVERSATIONS, "max_selected_items", "initial_date", "initial_time", "initial_date_time", "initial_value")
    )
    if not notes.fields(body, pointer, needs=NEEDS.get(kind, ()), may=may):
        return
    if kind != "image":
        notes.unique("action_id", body.get("action_id"), pointer, scope=scope)
    if "confirm" in body:
        notes.confirm(body["confirm"], f"{pointer}/confirm")
    if "placeholder" in body:
        notes.text(body["placeholder"], f"{pointer}/placeholder", most=150)
    check_kind(notes, kind, body, pointer)


def check_kind(notes: Notes, kind: str, body: JSON, pointer: str) -> None:
    if kind == "button":
        check_button(notes, body, pointer)
    elif kind == "image":
        notes.image(body, pointer)
    elif kind == "overflow":
        notes.options(body["options"], f"{pointer}/options", most=5)
    elif kind in CHOICES:
        notes.options(body["options"], f"{pointer}/options", most=10, kinds=("plain_text", "mrkdwn"))
        check_initial(notes, body, pointer)
    elif kind in {"static_select", "multi_static_select"}:
        check_select(notes, body, pointer)
    elif kind == "plain_text_input":
        check_text_input(notes, body, pointer)
    elif kind == "file_input":
        check_file_input(notes, body, pointer)


def check_button(notes: Notes, body: JSON, pointer: str) -> None:
    notes.text(body["text"], f"{pointer}/text", most=75)
    notes.style(body, pointer)
    if "value" in body:
        notes.string(body["value"], f"{pointer}/value", most=2000)
    if "url" in body:
        notes.url(body["url"], f"{pointer}/url")
    if "accessibility_label" in body:
        notes.string(body["accessibility_label"], f"{pointer}/accessibility_label", most=75)


def check_select(notes: Notes, body: JSON, pointer: str) -> None:
    if ("options" in body) == ("option_groups" in body):
        notes.add("must define either `options` or `option_groups`", pointer)
        return
    if "options" in body:
        notes.options(body["options"], f"{pointer}/options", most=100)
    for number, group in enumerate(
        notes.items(body["option_groups"], f"{pointer}/option_groups", most=100) if "option_groups" in body else []
    ):
        here = f"{pointer}/option_groups/{number}"
        if notes.fields(group, here, needs=("label", "options")):
            notes.text(group["label"], f"{here}/label", most=75)
            notes.options(group["options"], f"{here}/options", most=100)
    check_initial(notes, body, pointer)


def check_initial(notes: Notes, body: JSON, pointer: str) -> None:
    """What is chosen from the start is, to the letter, one of the options."""
    groups = [group.get("options", []) for group in body.get("option_groups", [])]
    offered = [option for options in [body.get("options", []), *groups] for option in options]
    for name in ("initial_option", "initial_options"):
        chosen = body.get(name, [])
        for option in chosen if is_list(chosen) else [chosen]:
            if plain(option) not in [plain(one) for one in offered]:
                notes.add(f"{name} must be one of the provided options", f"{pointer}/{name}")


def plain(option: Any) -> tuple[Any, Any]:
    """What makes two options the same: text and value."""
    return option.get("text", {}).get("text"), option.get("value")


def check_text_input(notes: Notes, body: JSON, pointer: str) -> None:
    most = body.get("max_length", 3000)
    if not isinstance(most, int) or not 1 <= most <= 3000:
        notes.add("must be between 1 and 3000", f"{pointer}/max_length")
        return
    least = body.get("min_length", 0)
    if not isinstance(least, int) or not 0 <= least <= most:
        notes.add("must be less than max_length", f"{pointer}/min_length")
    if "initial_value" in body:
        notes.string(body["initial_value"], f"{pointer}/initial_value", most=most)


def check_file_input(notes: Notes, body: JSON, pointer: str) -> None:
    most = body.get("max_files", 10)
    if not isinstance(most, int) or not 1 <= most <= 10:
        notes.add("must be between 1 and 10", f"{pointer}/max_files")
    for number, kind in enumerate(notes.items(body["filetypes"], f"{pointer}/filetypes", most=100) if "filetypes" in body else []):
        notes.string(kind, f"{pointer}/filetypes/{number}", most=20, least=1)
