"""Forms: how what a person filled in becomes the state of a view, and what Slack itself refuses to send."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.wire.slack.calls import describe_file
from tests.wire.slack.nouns import JSON, Impossible, Team, User, View, is_object
from tests.wire.slack.uploads import new_file, settle
from tests.wire.slack.world import World

Files = Sequence[tuple[str, bytes]]
LARGEST = 10_000_000
PLAIN = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
}
MANY = {"checkboxes", "multi_static_select", "multi_external_select"}
ONE = {"static_select", "radio_buttons", "external_select"}


def inputs_of(view: View) -> list[JSON]:
    return [block for block in view.blocks if block["type"] == "input"]


def fill_in(
    world: World, team: Team, user: User, *, view: View, values: Mapping[str, Any], files: Mapping[str, Files] | Files
) -> tuple[JSON, dict[str, str]]:
    """The view's state when a person fills it in, and sentences at fields that Slack itself does not let pass.

    Fields are named by block_id or label; what is not named keeps what it shows. Raises Impossible for what cannot be typed or chosen.
    """
    unknown = set(values) - {name for block in inputs_of(view) for name in (block["block_id"], block["label"]["text"])}
    if unknown:
        raise Impossible(f"the form has no field {sorted(unknown)}; it has {[block['label']['text'] for block in inputs_of(view)]}")
    state: JSON = {}
    errors: dict[str, str] = {}
    for block in inputs_of(view):
        element = block["element"]
        names = (block["block_id"], block["label"]["text"])
        given: Any = next((values[name] for name in names if name in values), ...)
        if element["type"] == "file_input":
            filled, empty = files_state(world, team, user, element, files_for(block, files))
        else:
            filled, empty = element_state(element, given)
        if empty and not block.get("optional"):
            errors[block["block_id"]] = "required"
        state.setdefault(block["block_id"], {})[element["action_id"]] = filled
    return state, errors


def element_state(element: JSON, given: Any) -> tuple[JSON, bool]:
    """An element's state, and whether it is empty."""
    kind = element["type"]
    if kind in PLAIN:
        name, initial = PLAIN[kind]
        chosen = element.get(initial) if given is ... else given
        return {"type": kind, name: chosen}, not chosen
    if kind in ONE:
        option = element.get("initial_option") if given is ... else pick(element, given)
        return {"type": kind, "selected_option": option}, option is None
    if kind in MANY:
        options = element.get("initial_options", []) if given is ... else [pick(element, one) for one in given]
        return {"type": kind, "selected_options": options}, not options
    text = element.get("initial_value") if given is ... else given
    text = None if text in {None, ""} else str(text)
    if text is not None and len(text) > element.get("max_length", 3000):
        raise Impossible(f"the field takes {element.get('max_length', 3000)} characters")
    return {"type": kind, "value": text}, text is None


def pick(element: JSON, wanted: Any) -> JSON | None:
    """The option with this text or value; an external select takes an option object."""
    if wanted is None or is_object(wanted):
        return wanted
    groups = [option for group in element.get("option_groups", []) for option in group["options"]]
    options: list[JSON] = [*element.get("options", []), *groups]
    for option in options:
        if wanted in {option["value"], option["text"]["text"]}:
            return option
    raise Impossible(f"there is no option {wanted!r}; there are {[option['text']['text'] for option in options]}")


def files_for(block: JSON, files: Mapping[str, Files] | Files) -> Files:
    if isinstance(files, Mapping):
        return next((files[name] for name in (block["block_id"], block["label"]["text"]) if name in files), ())
    return files


def files_state(world: World, team: Team, user: User, element: JSON, files: Files) -> tuple[JSON, bool]:
    if len(files) > element.get("max_files", 10):
        raise Impossible(f"the field takes {element.get('max_files', 10)} files")
    shown: list[JSON] = []
    for name, content in files:
        allowed = element.get("filetypes")
        if allowed and name.rpartition(".")[2].lower() not in allowed:
            raise Impossible(f"the field takes {allowed}")
        if len(content) > LARGEST:
            raise Impossible("the field takes files of 10 MB")
        file = new_file(world, team, user.id, name, len(content))
        file.content, file.given = content, True
        settle(world, file)
        file.polls = 0
        shown.append(describe_file(world, file))
    return {"type": "file_input", "files": shown}, not shown
