"""The page of models: a line each while there are few, a line a provider where there are many, everything about one; nothing is cut."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adapters.platforms.discord import outbound as discord
from adapters.platforms.slack import outbound as slack
from bot.model import Capabilities, Message, Operation, Promise
from bot.says import Standing, model_page, models_page

TODAY = date(2026, 11, 21)
RICH = Capabilities(
    name="grand",
    operations=frozenset(Operation),
    ratios=("1:1", "16:9"),
    steps=(1, 50),
    guidance=(0, 20),
    negative=True,
    mask=True,
    styles=tuple(f"style{number}" for number in range(200)),
    price=Decimal("0.04"),
    prices={Operation.UPSCALE: Decimal("0.60")},
    priced="a price list, 2026-11",
    promise=Promise.EXACT,
    until=date(2027, 1, 31),
    version="grand-7",
    about="Draws slowly.",
)


def standing(provider: str, name: str, **changes: object) -> Standing:
    model = replace(RICH, name=name, styles=(), prices={}, until=None)
    return replace(Standing(name=f"{provider}/{name}", provider=provider, model=model, today=TODAY), **changes)  # pyright: ignore[reportArgumentType] - a test's own values


def crowd(providers: int, each: int) -> list[Standing]:
    return [standing(f"provider{p:02}", f"a-model-with-a-name-{number:02}") for p in range(providers) for number in range(each)]


def seen_on_slack(message: Message) -> str:
    return str(slack.blocks_of(message)).replace("\\n", "\n")


def seen_on_discord(message: Message) -> str:
    return str(discord.components(message)).replace("\\\\", "")


def test_up_to_twelve_models_have_a_line_each() -> None:
    few = crowd(3, 4)
    assert [label for label, _ in models_page(few).fields] == [each.name for each in few]


def test_of_more_each_provider_has_a_line_with_names_cheapest_price_and_troubles() -> None:
    many = [
        *crowd(2, 6),
        standing("zoo", "cheap", model=replace(RICH, name="cheap", price=Decimal("0.01"))),
        standing("zoo", "dear", well=False),
        standing("zoo", "hidden", allowed=False),
    ]
    page = models_page(many)
    fields = dict(page.fields)
    assert list(fields) == ["provider00", "provider01", "zoo"]
    assert fields["zoo"] == "from $0.01 an image · failing: dear · cheap ends 31 Jan 2027 · cheap, dear"
    assert "14 models" in page.body
    assert "1 more model may not be used here" in page.body
    assert "/models and a name" in page.body


@pytest.mark.parametrize("show", [seen_on_slack, seen_on_discord], ids=["slack", "discord"])
@pytest.mark.parametrize(("providers", "each", "name"), [(3, 4, ""), (1, 60, "provider00"), (14, 30, ""), (60, 3, "")])
def test_no_chat_cuts_a_page_and_buttons_lead_to_the_rest(show: Callable[[Message], str], providers: int, each: int, name: str) -> None:
    standings = crowd(providers, each)
    wanted = {one.provider for one in standings} if providers * each > 12 and not name else {one.name for one in standings}
    found: set[str] = set()
    number, line = 1, "?"
    while line:
        page = models_page(standings, name=name, page=number)
        for label, value in page.fields:
            assert label in show(page)
            assert value in show(page)
            found.add(label)
        line = page.actions[0].line if page.actions else ""
        number += 1
        assert line in {"", f"models {name} --page {number}".replace("  ", " ")}
    assert found == wanted


def test_of_many_names_the_rest_are_counted() -> None:
    (value,) = [about for label, about in models_page(crowd(2, 30)).fields if label == "provider01"]
    shown = value.count("a-model-with")
    assert f"and {30 - shown} more" in value


@pytest.mark.parametrize("show", [seen_on_slack, seen_on_discord], ids=["slack", "discord"])
def test_everything_about_one_model_fits_on_one_page(show: Callable[[Message], str]) -> None:
    page = model_page(Standing(name="house/grand", provider="house", model=RICH, well=False, latency=(4.0, 20.0), today=TODAY))
    fields = dict(page.fields)
    assert fields["Price"] == "$0.04 an image; upscale $0.60 an image (estimate: a price list, 2026-11)"
    assert (fields["Steps"], fields["Ratios"], fields["Ends"]) == ("1 to 50", "1:1, 16:9", "ends 31 Jan 2027")
    assert "inpaint" in fields["Can"]
    assert "failing" in fields["Health"]
    assert page.code == "/imagine a red fox in the snow --model house/grand"
    for label, value in page.fields:
        assert label in show(page)
        assert value in show(page)


def test_what_may_not_be_used_says_so() -> None:
    page = model_page(standing("house", "grand", allowed=False))
    assert "may not be used here" in page.text
    assert page.code == ""


def test_a_provider_that_may_not_be_used_is_told_about_all_the_same() -> None:
    page = models_page([standing("house", "grand", allowed=False), standing("house", "small", allowed=False)], name="house")
    assert [label for label, _ in page.fields] == ["house/grand", "house/small"]
    assert "None of these may be used here" in page.body
