"""Application commands: what Discord registers, and what a person may fill in."""

import unicodedata
from typing import Any

from tests.wire.discord.faults import Form, Json, items, within

SLASH, USER, MESSAGE = 1, 2, 3
MOST = {SLASH: 100, USER: 15, MESSAGE: 15}
GROUP, SUBGROUP, STRING, INTEGER, BOOLEAN, PERSON, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
LARGEST_INTEGER = 2**53
LOCALES = "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko"
"""Discord's languages, with blanks between."""


def check_commands(commands: Any) -> None:
    """Raises 50035 for a set of commands that Discord does not take."""
    form = Form()
    if not isinstance(commands, list):
        form.wrong("body", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        form.check()
    seen: set[tuple[Any, Any]] = set()
    bodies = items({"commands": commands}, "commands")
    for index, command in enumerate(bodies):
        check_command(form, str(index), command)
        key = (command.get("type", SLASH), command.get("name"))
        if key in seen:
            form.wrong(f"{index}.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
    for kind, most in MOST.items():
        if sum(each.get("type", SLASH) == kind for each in bodies) > most:
            form.wrong("body", "MAX_APPLICATION_COMMANDS", f"At most {most} commands of type {kind}")
    form.check()


def check_command(form: Form, path: str, command: Json) -> None:
    kind = command.get("type", SLASH)
    form.choice(f"{path}.type", kind, (SLASH, USER, MESSAGE))
    if kind == SLASH:
        _check_name(form, path, command)
        _check_description(form, path, command)
        _check_options(form, path, items(command, "options"), depth=0)
    else:
        form.length(f"{path}.name", command.get("name"), 32, 1, required=True)
        if command.get("description") or command.get("options"):
            form.wrong(path, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Context menu commands have no description and no options")
    rights = command.get("default_member_permissions")
    if rights is not None and not str(rights).isdecimal():
        form.wrong(f"{path}.default_member_permissions", "NUMBER_TYPE_COERCE", "must be a bit set")
    for name, values in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        for index, value in enumerate(command.get(name) or []):
            form.choice(f"{path}.{name}.{index}", value, values)
    if weight(command) > 8000:
        form.wrong(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _is_name(name: str) -> bool:
    def fits(letter: str) -> bool:
        return letter in "-_'" or letter.isalnum() or unicodedata.name(letter, "").split(" ")[0] in {"DEVANAGARI", "THAI"}

    return all(fits(letter) for letter in name) and name == name.lower()


def _check_name(form: Form, path: str, thing: Json) -> None:
    form.length(f"{path}.name", thing.get("name"), 32, 1, required=True)
    _check_locales(form, f"{path}.name_localizations", thing.get("name_localizations"), 32)
    names = [
        ("name", thing.get("name")),
        *((f"name_localizations.{key}", value) for key, value in within(thing, "name_localizations").items()),
    ]
    for where, name in names:
        if isinstance(name, str) and not _is_name(name):
            form.wrong(f"{path}.{where}", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(form: Form, path: str, thing: Json) -> None:
    form.length(f"{path}.description", thing.get("description"), 100, 1, required=True)
    _check_locales(form, f"{path}.description_localizations", thing.get("description_localizations"), 100)


def _check_locales(form: Form, path: str, words: Json | None, most: int) -> None:
    for locale, text in (words or {}).items():
        if locale not in LOCALES.split():
            form.wrong(f"{path}.{locale}", "APPLICATION_COMMAND_INVALID_LOCALE", f"{locale} is no locale")
        form.length(f"{path}.{locale}", text, most, 1)


def _check_options(form: Form, path: str, options: list[Json], *, depth: int) -> None:
    form.count(f"{path}.options", options, 25)
    seen: set[Any] = set()
    optional = False
    groups = [option.get("type") in {GROUP, SUBGROUP} for option in options]
    if any(groups) and not all(groups):
        form.wrong(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and options cannot be mixed")
    for index, option in enumerate(options):
        where = f"{path}.options.{index}"
        if option.get("name") in seen:
            form.wrong(where, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        seen.add(option.get("name"))
        if option.get("required") and optional:
            form.wrong(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
        optional = optional or not option.get("required")
        _check_option(form, where, option, depth)


def _check_option(form: Form, path: str, option: Json, depth: int) -> None:
    kind = option.get("type")
    form.choice(f"{path}.type", kind, tuple(range(1, 12)))
    _check_name(form, path, option)
    _check_description(form, path, option)
    if kind in {GROUP, SUBGROUP}:
        if depth > 1 or (kind == SUBGROUP and depth > 0):
            form.wrong(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type not valid for this command")
        _check_options(form, path, items(option, "options"), depth=depth + 1)
        return
    choices: list[Json] = items(option, "choices")
    if choices and option.get("autocomplete"):
        form.wrong(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Choices and autocomplete exclude each other")
    if (choices or option.get("autocomplete")) and kind not in {STRING, INTEGER, NUMBER}:
        form.wrong(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Only texts and numbers have choices")
    form.count(f"{path}.choices", choices, 25)
    for index, choice in enumerate(choices):
        form.length(f"{path}.choices.{index}.name", choice.get("name"), 100, 1, required=True)
        _check_value(form, f"{path}.choices.{index}.value", choice.get("value"), kind or 0)
    if len({choice.get("name") for choice in choices}) < len(choices):
        form.wrong(f"{path}.choices", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice name already exists")
    form.number(f"{path}.min_length", option.get("min_length"), 0, 6000)
    form.number(f"{path}.max_length", option.get("max_length"), 1, 6000)
    for name in ("min_value", "max_value"):
        form.number(f"{path}.{name}", option.get(name), -LARGEST_INTEGER, LARGEST_INTEGER)


def _check_value(form: Form, path: str, value: Any, kind: int) -> None:
    if kind == STRING:
        form.length(path, value, 100, 1, required=True)
    elif value is None or (kind == INTEGER and not isinstance(value, int)):
        form.wrong(path, "NUMBER_TYPE_COERCE", f"{value!r} is not a number")
    else:
        form.number(path, value, -LARGEST_INTEGER, LARGEST_INTEGER)


def weight(thing: Json) -> int:
    """Characters of names, descriptions and values, each in its longest language."""
    total = 0
    for name in ("name", "description"):
        texts: list[Any] = [thing.get(name) or "", *(thing.get(f"{name}_localizations") or {}).values()]
        total += max(len(str(text)) for text in texts)
    total += len(str(thing["value"])) if "value" in thing else 0
    return total + sum(weight(each) for each in [*items(thing, "options"), *items(thing, "choices")])


def complaint(option: Json, value: Any) -> str:
    """Why Discord's window does not let a person send this value; nothing when it does."""
    kind = option["type"]
    types = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: int | float}
    if kind in types and (not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != BOOLEAN)):
        return f"{option['name']} is not of type {kind}"
    if option.get("choices") and value not in [choice["value"] for choice in option["choices"]]:
        return f"{value!r} is no choice of {option['name']}"
    if kind == STRING and not option.get("min_length", 0) <= len(str(value)) <= option.get("max_length", 6000):
        return f"{option['name']} has the wrong length"
    if kind in {INTEGER, NUMBER} and not option.get("min_value", -LARGEST_INTEGER) <= value <= option.get("max_value", LARGEST_INTEGER):
        return f"{option['name']} is out of range"
    return ""
