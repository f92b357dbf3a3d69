"""Facts: what is known of each model of the GPT image family, as data (providers.md §1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from bot.model import Capabilities, Operation, Promise

OPERATIONS = frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT})
MOST = 10
SOURCES = 16
"""Pictures that one edit may start from."""
_PRICED = "OpenAI's prices by way of LiteLLM and fal (providers.md §1), 2026-11"
_ENDING = date(2026, 12, 1)

_THREE = ((1024, 1024), (1536, 1024), (1024, 1536))


def _both_ways(*sizes: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(dict.fromkeys(each for width, height in sizes for each in ((width, height), (height, width))))


# Any size is taken whose sides are multiples of 16 and at most 3840, up to 3 times as long as wide, with 655,360 to 8,294,400 pixels. Our
# own bounds cannot say the last two, so these are sizes that keep all of it: the usual ratios, each from about a megapixel up.
_MANY = _both_ways(
    (1024, 1024),
    (1536, 1024),
    (1152, 864),
    (1280, 1024),
    (1280, 720),
    (1536, 768),
    (1568, 672),
    (1728, 576),
    (1536, 1536),
    (1536, 1152),
    (1536, 864),
    (2048, 2048),
    (2304, 1536),
    (2048, 1536),
    (2560, 2048),
    (2048, 1152),
    (2048, 1024),
    (2352, 1008),
    (2560, 1440),
    (2880, 2880),
    (3456, 2304),
    (3200, 2400),
    (3840, 2160),
)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """US dollars for a million tokens."""

    text: Decimal
    """Words that go in."""
    picture: Decimal
    """Pictures that go in."""
    drawn: Decimal
    """Pictures that come out."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A family of models. The defaults are what every one of them can do."""

    sizes: tuple[tuple[int, int], ...] = _THREE
    qualities: tuple[str, ...] = ("auto", "low", "medium", "high")
    prices: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    """US dollars for 1024 by 1024, by quality."""
    rates: Rates | None = None
    until: date | None = None

    def quality(self, wanted: str) -> str:
        """A quality that the family has: the wanted one, else the best, for only better ones than that are ever missing."""
        return wanted if wanted in self.qualities else self.qualities[-1]


def _prices(**by_quality: str) -> Mapping[str, Decimal]:
    return MappingProxyType({quality: Decimal(price) for quality, price in by_quality.items()})


def _rates(text: str, picture: str, drawn: str) -> Rates:
    return Rates(text=Decimal(text), picture=Decimal(picture), drawn=Decimal(drawn))


_FAMILIES: Mapping[str, Facts] = MappingProxyType(
    {
        "gpt-image-2": Facts(sizes=_MANY, prices=_prices(low="0.006", medium="0.053", high="0.211"), rates=_rates("5", "8", "30")),
        "gpt-image-2.5": Facts(
            sizes=_MANY,
            qualities=("auto", "low", "medium", "high", "xhigh", "max"),
            prices=_prices(low="0.0059", medium="0.0132", high="0.0527", xhigh="0.0937", max="0.2107"),
            rates=_rates("5", "8", "30"),
        ),
        # Neither its prices nor its sizes are known yet.
        "gpt-image-2.6": Facts(qualities=("auto", "low", "medium", "high", "xhigh", "max")),
        "gpt-image-1.5": Facts(rates=_rates("5", "8", "32"), until=_ENDING),
        "gpt-image-1-mini": Facts(rates=_rates("2", "2.5", "8"), until=_ENDING),
        "gpt-image-1": Facts(until=date(2026, 10, 23)),
        "chatgpt-image-latest": Facts(until=_ENDING),
    }
)
_UNKNOWN = Facts()


def facts_of(model: str) -> Facts:
    """What is known of a model or a dated version of it; of a model that came later, what all of them have in common."""
    known = [family for family in _FAMILIES if model == family or model.startswith(f"{family}-")]
    return _FAMILIES[max(known, key=len)] if known else _UNKNOWN


def capabilities(name: str, *, quality: str, model: str = "", deadline: float = 400, about: str = "") -> Capabilities:
    """A model as the hub sees it.

    Args:
        name: what people type.
        quality: what it will be asked for; its price depends on it.
        model: whose facts hold for it, where it goes by another name.
        deadline: seconds after which a job is given up.
        about: one sentence for `/models`.
    """
    facts = facts_of(model or name)
    price = facts.prices.get(facts.quality(quality))
    return Capabilities(
        name=name,
        operations=OPERATIONS,
        sizes=facts.sizes,
        multiple=16,
        most=MOST,
        promise=Promise.NOT_REPEATABLE,
        seedless=True,
        mask=True,
        price=price,
        priced=_PRICED if price is not None else "",
        until=facts.until,
        deadline=deadline,
        running=8,
        about=about,
    )
