"""Forms as Slack's modals: from a Form to a view, and from a sent view back to what was filled in."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.platforms.slack.mrkdwn import cut, plain
from adapters.platforms.slack.shapes import JSON, mapping, mappings, text
from bot.model import Field, Form

CALLBACK = "limner:form"
"""The `callback_id` of every form."""
_ACTION = "value"
_BLOCK = "field:"
_TITLE = 24
_LABEL = 150
_HINT = 300
_LONGEST = 3000
"""Characters that a text input takes."""
_CHOICES = 100
"""Options that a select takes, and that a group of them takes."""
_CHOICE = 75
_CHOICE_VALUE = 150
_FILE_TYPES = ("png", "jpg", "jpeg", "gif", "webp")


def modal(form: Form, *, private: str = "") -> JSON:
    """The view to open. `private` (at most 3,000 characters) comes back with what is sent, as `private_metadata`."""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": private,
        "title": _plain(form.title or "Limner", _TITLE),
        "submit": _plain(form.submit or "Send", _TITLE),
        "close": _plain("Cancel", _TITLE),
        "blocks": [_input(field) for field in form.fields],
    }


def filled(view: Mapping[str, Any]) -> tuple[dict[str, str], list[JSON]]:
    """What was filled in, by field, and the files. A field that was emptied is there with the empty text: that is a wish too."""
    options: dict[str, str] = {}
    files: list[JSON] = []
    for block, actions in mapping(mapping(view.get("state")).get("values")).items():
        element = mapping(mapping(actions).get(_ACTION))
        if not block.startswith(_BLOCK) or not element:
            continue
        if element.get("type") == "file_input":
            files += mappings(element.get("files"))
            continue
        value = plain(text(element.get("value")) or text(mapping(element.get("selected_option")).get("value")))
        options[block.removeprefix(_BLOCK)] = value
    return options, files


def complaint(view: Mapping[str, Any], field: str, sentence: str) -> JSON:
    """The answer to a sent view that shows a sentence beside a field, or beside the first one where that field is not in the form."""
    blocks = [text(block.get("block_id")) for block in mappings(view.get("blocks")) if block.get("type") == "input"]
    beside = _BLOCK + field
    return {"response_action": "errors", "errors": {beside if beside in blocks or not blocks else blocks[0]: cut(sentence, _HINT)}}


def _input(field: Field) -> JSON:
    value = plain(field.value)
    longest = min(field.longest, _LONGEST)
    hint = field.hint
    if len(value) > longest:
        hint = f"Shortened to {longest:,} characters, the most that fit here. {hint}".strip()
    block: JSON = {
        "type": "input",
        "block_id": _BLOCK + field.name,
        "label": _plain(field.label or field.name, _LABEL),
        "optional": not field.required,
        "element": {"action_id": _ACTION, **_element(field, value, longest)},
    }
    if hint:
        block["hint"] = _plain(hint, _HINT)
    return block


def _element(field: Field, value: str, longest: int) -> JSON:
    if field.file:
        return {"type": "file_input", "filetypes": list(_FILE_TYPES), "max_files": 1}
    choices = [choice for choice in dict.fromkeys(field.choices) if choice and choice == plain(choice) and len(choice) <= _CHOICE_VALUE]
    if choices:
        return _select(choices, value)
    if field.numeric and _is_number(value):
        number: JSON = {"type": "number_input", "is_decimal_allowed": True}
        return {**number, "initial_value": value} if value else number
    words: JSON = {"type": "plain_text_input", "multiline": field.long, "max_length": longest}
    return {**words, "initial_value": cut(value, longest)} if value else words


def _select(choices: Sequence[str], value: str) -> JSON:
    """A select. What is chosen already is offered even where the list has lost it."""
    if value and value not in choices and len(value) <= _CHOICE_VALUE:
        choices = (value, *choices)
    options = [_option(choice) for choice in choices[: _CHOICES * _CHOICES]]
    select: JSON = {"type": "static_select", "placeholder": _plain("Choose", _LABEL)}
    if len(options) <= _CHOICES:
        select["options"] = options
    else:
        groups = [options[start : start + _CHOICES] for start in range(0, len(options), _CHOICES)]
        select["option_groups"] = [{"label": _plain(f"{group[0]['text']['text']} …", _CHOICE), "options": group} for group in groups]
    if value in choices:
        select["initial_option"] = _option(value)
    return select


def _option(choice: str) -> JSON:
    return {"text": _plain(choice, _CHOICE), "value": choice}


def _is_number(value: str) -> bool:
    try:
        float(value or "0")
    except ValueError:
        return False
    return value.lower().strip("+-") not in {"nan", "inf", "infinity"} and "e" not in value.lower() and "_" not in value


def _plain(text: str, most: int) -> JSON:
    return {"type": "plain_text", "text": cut(text, most) or "…", "emoji": False}
