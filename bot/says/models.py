"""Models: what can draw here, what it can do, what it costs, and how it fares; all of them on a page, or everything about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from bot.model import Action, Capabilities, Message, Operation
from bot.says.words import cut, listed, money, plural, span

_EACH = 12
"""Up to so many models have a line each; of more, each provider has one."""
_PAGE = 2600
"""Characters of a page's fields: what every chat shows in one message, marks and buttons included."""
_NAMES = 150
"""Characters for the names of a provider's models."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a model stands right now, for the page of models."""

    name: str
    """As people type it after `--model`."""
    provider: str = ""
    model: Capabilities
    well: bool = True
    """Whether it is asked, or left alone because it failed again and again."""
    allowed: bool = True
    """Whether it may be used where the page is read."""
    latency: tuple[float, float] | None = None
    """Median and 95th percentile in seconds, or None where nothing is known."""
    today: date


def models_page(standings: Sequence[Standing], *, name: str = "", page: int = 1) -> Message:
    """What can draw here, what it can do, what it costs, and how it fares: all of it, or what answers to a name; `page` from 1."""
    shown = [each for each in standings if each.allowed]
    missing = len(standings) - len(shown)
    hidden = f" {plural(missing, 'more model')} may not be used here." if missing else ""
    if name and not shown:
        # Who asks by name wants to know what it would be.
        shown, hidden = list(standings), " None of these may be used here; ask an admin."
    grouped = len(shown) > _EACH and not name
    if grouped:
        groups = groupby(sorted(shown, key=lambda each: each.provider), key=lambda each: each.provider)
        fields = [(provider, _about_provider(list(models))) for provider, models in groups]
        body = f"{plural(len(shown), 'model')}. /models and a name, of a provider or a model, tells more."
    else:
        fields = [(each.name, " · ".join(facts_of_model(each))) for each in shown]
        body = "Pick one with --model; without it the cheapest that can do the work is taken."
    pages = _pages(fields)
    page = min(max(page, 1), len(pages))
    part = pages[page - 1]
    more = (Action(label="More", line=f"models {name} --page {page + 1}".replace("  ", " ")),) if page < len(pages) else ()
    return Message(
        text=f"{cut(name) or 'Models'}: " + "; ".join(f"{label}: {about}" for label, about in part) + hidden,
        title=f"Models of {cut(name)}" if name else "Models",
        body=f"{body}{hidden}",
        fields=tuple(part),
        context=f"page {page} of {len(pages)}" if len(pages) > 1 else "",
        actions=more,
    )


def model_page(standing: Standing) -> Message:
    """Everything about one model."""
    model = standing.model
    ranges = (("Steps", model.steps), ("Guidance", model.guidance))
    yes = [word for word, has in (("negative prompt", model.negative), ("strength", model.strength), ("mask", model.mask)) if has]
    each = [f"{operation.value} {_price(model, operation)}" for operation in sorted(model.operations) if operation in model.prices]
    known = standing.latency
    all_fields = [
        ("Can", listed(sorted(operation.value for operation in model.operations))),
        ("Price", "; ".join([_price(model), *each]) + (f" (estimate: {model.priced})" if model.priced else "")),
        ("Sizes", _sizes(model)),
        ("Ratios", ", ".join(model.ratios) or ("" if model.sizes else "any")),
        ("Images", f"up to {model.most} at once; more are asked for in several calls"),
        ("Rerun", model.promise.value + (", takes no seed" if model.seedless else "")),
        ("Takes", listed(yes)),
        *((label, f"{bounds[0]:g} to {bounds[1]:g}") for label, bounds in ranges if bounds),
        ("Styles", cut(", ".join(model.styles), 600) + (" and any other" if model.any_style and model.styles else "")),
        ("Health", "well" if standing.well else "failing: left alone for the moment"),
        (
            "Takes its time",
            f"usually {span(known[0])}, at most {span(known[1])} in 19 of 20; given up after {span(model.deadline)}" if known else "",
        ),
        ("Ends", ends(model, standing.today)),
        ("Version", model.version),
        ("About", model.about),
        ("Here", "" if standing.allowed else "may not be used here; ask an admin"),
    ]
    fields = tuple((label, value) for label, value in all_fields if value)
    return Message(
        text=f"{standing.name}: " + "; ".join(f"{label}: {value}" for label, value in fields),
        title=standing.name,
        body="" if standing.allowed else "It may not be used here.",
        fields=fields,
        code=f"/imagine a red fox in the snow --model {standing.name}" if standing.allowed and Operation.DRAW in model.operations else "",
    )


def facts_of_model(standing: Standing) -> list[str]:
    """Operations, sizes, seed promise, price, health and latency, in a few words each."""
    model = standing.model
    extras = [word for word, has in (("negative prompt", model.negative), ("mask", model.mask), ("strength", model.strength)) if has]
    known = standing.latency
    facts = [
        listed(sorted(operation.value for operation in model.operations)),
        _sizes(model, most=4),
        f"rerun {model.promise.value}",
        _price(model),
        *extras,
        f"usually {span(known[0])}, at most {span(known[1])} in 19 of 20" if known else "",
        "" if standing.well else "failing: left alone for the moment",
        ends(model, standing.today),
        model.about,
    ]
    return [fact for fact in facts if fact]


def ends(model: Capabilities, today: date) -> str:
    """When the service switches a model off, in words, or the empty string."""
    if model.until is None:
        return ""
    return f"switched off since {model.until:%d %b %Y}" if model.until <= today else f"ends {model.until:%d %b %Y}"


def _about_provider(standings: Sequence[Standing]) -> str:
    """A provider's cheapest price and what is wrong with it first, for the names that follow may be many."""
    prices = [each.model.price for each in standings if each.model.price is not None]
    failing = [each.model.name for each in standings if not each.well]
    price = "price unknown" if not prices else "free" if not max(prices) else f"from {_dollars(min(prices))} an image"
    one = len(standings) == 1
    trouble = "" if not failing else "failing" if len(failing) == len(standings) else f"failing: {_few(failing)}"
    ending = [f"{'' if one else f'{each.model.name} '}{ends(each.model, each.today)}" for each in standings if each.model.until]
    names = _few([each.model.name for each in standings])
    return " · ".join(part for part in (price, trouble, "; ".join(ending[:2]), names) if part)


def _few(names: Sequence[str]) -> str:
    """Names, as many as there is room for, and how many more there are."""
    taken, room = 0, _NAMES
    for name in names:
        room -= len(name) + 2
        if room < 0 and taken:
            break
        taken += 1
    more = len(names) - taken
    return ", ".join(names[:taken]) + (f" and {more} more" if more else "")


def _pages(fields: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    pages: list[list[tuple[str, str]]] = [[]]
    room = _PAGE
    for label, value in fields:
        room -= len(label) + len(value) + 6
        if room < 0 and pages[-1]:
            pages.append([])
            room = _PAGE - len(label) - len(value) - 6
        pages[-1].append((label, value))
    return pages


def _sizes(model: Capabilities, *, most: int = 24) -> str:
    more = f" and {len(model.sizes) - most} more" if len(model.sizes) > most else ""
    return listed([f"{width}×{height}" for width, height in model.sizes[:most]]) + more if model.sizes else f"up to {model.sides[1]} px"


def _price(model: Capabilities, operation: Operation | None = None) -> str:
    price = model.price if operation is None else model.estimate(operation)
    return "price unknown" if price is None else f"{money(price)} an image" if price else "free"


def _dollars(price: Decimal) -> str:
    return money(price) if price else "$0"
