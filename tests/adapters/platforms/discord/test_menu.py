"""The menu, held against the rules that Discord has for commands."""

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.platforms.discord import menu
from bot.app import all_commands
from bot.model import CommandSpec, Kind, Option, Role
from tests.wire.discord.commands import check_commands

MENU = [command.spec for command in all_commands().values()]


def registered(**more: Any) -> Mapping[str, Mapping[str, Any]]:
    return {each["name"]: each for each in menu.commands(MENU, **more)}


def options(command: str) -> Mapping[str, Mapping[str, Any]]:
    return {each["name"]: each for each in registered()[command]["options"]}


def one(option: Option) -> Mapping[str, Any]:
    return menu.commands([CommandSpec(name="draw", about="Draw", options=(option,))])[0]["options"][0]


def test_discord_takes_every_command_that_there_is() -> None:
    check_commands(menu.commands(MENU))


def test_every_command_is_there_but_those_that_only_buttons_say() -> None:
    assert {name for name, each in registered().items() if each["type"] == 1} == {spec.name for spec in MENU if not spec.hidden}
    assert "rate" not in registered()


def test_each_kind_of_option_has_its_type() -> None:
    drawing = options("imagine")
    assert {name: drawing[name]["type"] for name in ("prompt", "count", "guidance", "form", "image", "model", "ar")} == {
        "prompt": 3, "count": 4, "guidance": 10, "form": 5, "image": 11, "model": 3, "ar": 3,
    }  # fmt: skip
    assert one(Option(name="person", kind=Kind.PERSON, about="Whose"))["type"] == 6


def test_ranges_are_discords_own() -> None:
    assert (options("imagine")["count"]["min_value"], options("imagine")["count"]["max_value"]) == (1, 10)
    assert options("imagine")["seed"]["max_value"] == 2**32 - 1
    assert isinstance(options("imagine")["strength"]["max_value"], float)


def test_a_seed_never_asks_for_more_than_discord_counts() -> None:
    assert one(Option(name="seed", kind=Kind.INTEGER, about="Seed", most=2**64))["max_value"] == 2**53 - 1


def test_models_styles_ratios_and_jobs_are_completed() -> None:
    assert all(options("imagine")[name]["autocomplete"] for name in ("model", "style", "ar"))
    assert options("show")["job"]["autocomplete"]
    assert "autocomplete" not in options("imagine")["prompt"]


@pytest.mark.parametrize("kind", [Kind.SUBJECT, Kind.CHANNEL, Kind.RATE, Kind.SPAN])
def test_whom_where_how_much_and_how_long_are_texts_with_completion(kind: Kind) -> None:
    found = one(Option(name="what", kind=kind, about="What", example="2d"))
    assert (found["type"], found["autocomplete"]) == (3, True)


def test_money_is_a_number_within_its_bounds() -> None:
    found = one(Option(name="over", kind=Kind.MONEY, about="How dear", least=0, most=20))
    assert (found["type"], found["min_value"], found["max_value"]) == (10, 0, 20)


def test_a_few_choices_are_offered_and_many_are_completed() -> None:
    few = one(Option(name="act", kind=Kind.CHOICE, about="What to do", choices=("show", "set", "reset")))
    assert [each["value"] for each in few["choices"]] == ["show", "set", "reset"]
    many = one(Option(name="word", kind=Kind.CHOICE, about="Word", choices=tuple(f"w{number}" for number in range(26))))
    assert many["autocomplete"]
    assert "choices" not in many


def test_required_options_come_first() -> None:
    spec = CommandSpec(
        name="draw",
        about="Draw",
        options=(
            Option(name="size", kind=Kind.TEXT, about="Size"),
            Option(name="job", kind=Kind.JOB, about="Job", required=True),
            Option(name="word", kind=Kind.TEXT, about="Word"),
        ),
    )
    assert [each["name"] for each in menu.commands([spec])[0]["options"]] == ["job", "size", "word"]


def test_a_long_description_is_cut() -> None:
    assert len(menu.commands([CommandSpec(name="draw", about="a" * 300)])[0]["description"]) == 100


def test_commands_for_admins_are_shown_to_admins_in_servers_only() -> None:
    settings = registered()["settings"]
    assert (settings["contexts"], settings["default_member_permissions"]) == ([0], str(1 << 5))


def test_where_our_own_list_names_admins_discord_hides_nothing_from_them() -> None:
    assert registered(others=True)["settings"]["default_member_permissions"] is None


def test_everything_else_works_in_servers_direct_and_installed_by_a_person() -> None:
    assert registered()["imagine"]["contexts"] == [0, 1, 2]
    assert registered()["imagine"]["integration_types"] == [0, 1]


def test_two_entries_stand_in_a_messages_menu_in_several_languages() -> None:
    entries = {name: each for name, each in registered().items() if each["type"] == 3}
    assert set(entries) == {"Use as prompt", "Make variations"}
    assert entries["Use as prompt"]["name_localizations"]["de"] == "Als Prompt verwenden"


@pytest.mark.parametrize("changed", [CommandSpec(name="draw", about="Paint"), CommandSpec(name="draw", about="Draw", role=Role.ADMIN)])
def test_the_fingerprint_changes_with_the_commands_and_only_then(changed: CommandSpec) -> None:
    before = menu.fingerprint(menu.commands([CommandSpec(name="draw", about="Draw")]))
    assert menu.fingerprint(menu.commands([CommandSpec(name="draw", about="Draw")])) == before
    assert menu.fingerprint(menu.commands([changed])) != before
