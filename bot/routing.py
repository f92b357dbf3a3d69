"""Routing: which provider and model serve a request, and how the request is fitted to the model."""

import difflib
import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from bot.errors import Misunderstood, NotAllowed, NothingFits
from bot.health import Health
from bot.model import Capabilities, Operation, Promise, Request
from bot.ports import ImageProvider

N = TypeVar("N", int, float)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A model that can be asked."""

    provider: str
    model: Capabilities

    @property
    def name(self) -> str:
        """`provider/model`, or the one word where both are the same."""
        return self.provider if self.provider == self.model.name else f"{self.provider}/{self.model.name}"

    @property
    def path(self) -> str:
        """`provider/model`, always both: under this its health is kept and what was tried is noted."""
        return f"{self.provider}/{self.model.name}"

    def answers_to(self, name: str) -> bool:
        """Whether a provider's name, a model's name or `provider/model` means this one."""
        return name.strip().casefold() in {self.provider.casefold(), self.model.name.casefold(), self.path.casefold()}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A model that will be asked, with the request as fitted to it and what fitting changed, in words."""

    offer: Offer
    fitted: Request
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds where something is asked for."""

    default: str = ""
    """The model for those who name none, or empty: the cheapest that is well."""
    allowed: tuple[str, ...] = ()
    """The only providers and models that may be used; empty means all."""
    canary: tuple[str, float] | None = None
    """A model on trial, and the share of people who get it where they name none."""
    barred: frozenset[str] = frozenset()
    """Providers and models (a name, or `provider/model`) that are not for the one who asks."""

    def allows(self, offer: Offer) -> bool:
        """Whether a model may be used."""
        if any(offer.answers_to(name) for name in self.barred):
            return False
        return not self.allowed or any(offer.answers_to(name) for name in self.allowed)


ANYTHING = Policy()


class Catalog:
    """All models of all providers, in the order of preference."""

    def __init__(self, providers: Mapping[str, ImageProvider], health: Health | None = None) -> None:
        self._providers = providers
        self.health = health or Health()

    @property
    def offers(self) -> list[Offer]:
        """Every model, in order."""
        return [Offer(provider=name, model=model) for name, provider in self._providers.items() for model in provider.models.values()]

    @property
    def names(self) -> list[str]:
        """What `--model` may be: the providers of several models, then every model."""
        several = [name for name, provider in self._providers.items() if len(provider.models) > 1]
        return list(dict.fromkeys([*several, *(offer.name for offer in self.offers)]))

    @property
    def lanes(self) -> Mapping[str, int]:
        """How many jobs each provider may have in flight."""
        return {name: max((model.running for model in provider.models.values()), default=1) for name, provider in self._providers.items()}

    def provider(self, name: str) -> ImageProvider | None:
        """A provider by its name, or None where it is not switched on any more."""
        return self._providers.get(name)

    def capabilities(self, provider: str, model: str) -> Capabilities | None:
        """A model's facts, or None where it is gone."""
        found = self._providers.get(provider)
        return found.models.get(model) if found else None

    def _ordered(self, request: Request, policy: Policy, person: str, *, failed: bool) -> list[Offer]:
        """Every model for a request that names none, first choice first."""
        offers = [offer for offer in self.offers if not offer.model.special or offer.answers_to(policy.default)]
        if not failed:
            offers.sort(key=lambda offer: _cheapest(offer, request.operation))
        offers.sort(key=lambda offer: not self.health.well(offer.path))
        firsts = [policy.default] if policy.default else []
        if policy.canary and _in_share(person, *policy.canary):
            firsts.insert(0, policy.canary[0])
        elif policy.canary:
            # On trial means: for nobody else, unless they name it or nothing else is left.
            offers.sort(key=lambda offer: offer.answers_to(policy.canary[0]) if policy.canary else False)
        for first in reversed(firsts):
            offers.sort(key=lambda offer, first=first: not (offer.answers_to(first) and self.health.well(offer.path)))
        return offers

    def named(self, name: str) -> list[Offer]:
        """What `--model` means: a provider (its default model first), a model, or `provider/model`.

        Raises:
            Misunderstood: no model answers to the name; the advice lists those that do.
        """
        wanted = name.strip().casefold()
        offers = self.offers
        found = [offer for offer in offers if wanted in {offer.name.casefold(), f"{offer.provider}/{offer.model.name}".casefold()}]
        found = found or [offer for offer in offers if offer.provider.casefold() == wanted]
        found = found or [offer for offer in offers if offer.model.name.casefold() == wanted]
        if not found:
            known = {word.casefold(): offer.name for offer in reversed(offers) for word in (offer.name, offer.model.name, offer.provider)}
            close = difflib.get_close_matches(wanted[:60], known, n=1)
            meant = f"Did you mean {known[close[0]]}? " if close else ""
            advice = f"{meant}There are: {_several([offer.name for offer in offers])}. /models says what each can do."
            raise Misunderstood(f"There is no model called “{name[:60]}”.", advice=advice, option="model")
        return found

    def choose(self, request: Request, *, tried: Collection[str] = (), policy: Policy = ANYTHING, person: str = "") -> Choice:
        """The model for a request, among those that may be used and can serve it.

        The one it names; else the model on trial for those whose share it is; else the place's default; else the cheapest that is well,
        ties in the order of preference. After a fault, the next that is well in the order of preference.

        Args:
            request: what to draw.
            tried: `provider/model` of those that failed already.
            policy: what holds where it is asked for.
            person: the key of the person, so that a trial is the same for them every time.

        Raises:
            NothingFits: no model can serve it; the sentence names the operations that could be served.
            NotAllowed: the named model may not be used there; the advice names those that may.
            Misunderstood: the named model does not exist.
        """
        named = self.named(request.model) if request.model else None
        if named is not None and not any(policy.allows(offer) for offer in named):
            others = ", ".join(dict.fromkeys(offer.name for offer in self.offers if policy.allows(offer)))
            gone = f"Allowed are: {', '.join(policy.allowed)}, which nobody offers. " if policy.allowed else ""
            advice = f"Allowed are: {others}." if others else f"{gone}Ask an admin of this workspace."
            raise NotAllowed(f"{named[0].name} may not be used here.", advice=advice)
        offers = [offer for offer in named or self._ordered(request, policy, person, failed=bool(tried)) if policy.allows(offer)]
        for offer in offers:
            if offer.path not in tried and request.operation in offer.model.operations:
                fitted, changes = fit(request, offer.model)
                return Choice(offer=offer, fitted=fitted, changes=changes)
        raise self._nothing_fits(request, policy)

    def _nothing_fits(self, request: Request, policy: Policy) -> NothingFits:
        """Why no model does it, and which could: those that may be used, else those that an admin could allow."""
        what = _INFINITIVES[request.operation]
        able = [offer for offer in self.offers if request.operation in offer.model.operations]
        usable = [offer.name for offer in able if policy.allows(offer)]
        if request.model:
            sentence = f"{_cut(request.model)} cannot {what}."
        else:
            sentence = f"No model is left that could {what}." if usable else f"No model here can {what}."
        if usable:
            return NothingFits(sentence, advice=f"Models that can: {_several(usable)}.")
        if able:
            names = _several([offer.name for offer in able])
            return NothingFits(sentence, advice=f"An admin could allow one that can: {names}.")
        return NothingFits(sentence, advice="Ask an admin to switch on a provider that can; /models lists what there is.")


def _in_share(person: str, model: str, share: float) -> bool:
    """Whether a person is among the share of people that tries a model: the same answer every time."""
    number = int.from_bytes(hashlib.sha256(f"{model}\0{person}".encode()).digest()[:8])
    return number / 2**64 < share


def _cheapest(offer: Offer, operation: Operation) -> tuple[bool, Decimal]:
    price = offer.model.estimate(operation)
    # What nobody knows the price of comes last.
    return (price is None, price or Decimal(0))


_INFINITIVES: Mapping[Operation, str] = {
    Operation.DRAW: "draw from words",
    Operation.VARY: "vary a picture",
    Operation.EDIT: "edit a picture",
    Operation.INPAINT: "repaint a part of a picture",
    Operation.OUTPAINT: "extend a picture",
    Operation.UPSCALE: "enlarge a picture",
    Operation.REMOVE_BACKGROUND: "remove a background",
}


_STRENGTHS: Mapping[Operation, float] = {Operation.VARY: 0.45, Operation.EDIT: 0.6}


def fit(request: Request, model: Capabilities) -> tuple[Request, tuple[str, ...]]:
    """A request as the model can serve it, and what was changed, in words for the card."""
    changes: list[str] = []
    width, height = _size(request, model, changes)
    fitted = replace(
        request,
        model=model.name,
        size=(width, height),
        steps=_clamp("steps", request.steps, model.steps, changes),
        guidance=_clamp("guidance", request.guidance, model.guidance, changes),
        style=_style(request, model, changes),
        negative=request.negative if model.negative else "",
        strength=_strength(request) if model.strength else None,
        seed=request.seed if model.promise is not Promise.NOT_REPEATABLE else None,
    )
    if request.negative and not model.negative:
        changes.append(f"“--no {_cut(request.negative)}” left out: {model.name} has no negative prompt")
    if request.strength is not None and not model.strength:
        changes.append(f"strength left out: {model.name} does not take one")
    if request.seed is not None and model.promise is Promise.NOT_REPEATABLE:
        changes.append(f"seed left out: it has no effect on {model.name}")
    return fitted, tuple(changes)


def _strength(request: Request) -> float | None:
    """How much to change a source image, where nobody said."""
    return _STRENGTHS.get(request.operation) if request.strength is None else request.strength


def _size(request: Request, model: Capabilities, changes: list[str]) -> tuple[int, int]:
    if request.operation in {Operation.UPSCALE, Operation.REMOVE_BACKGROUND} and request.size:
        # A model's sides say what it draws; what it enlarges to is the source's size times the factor, what it cuts out the source's.
        return request.size
    asked = request.size or _from_ratio(request.ratio or "1:1", model)
    if model.sizes:
        best = min(
            model.sizes, key=lambda size: (abs(math.log(size[0] / size[1]) - math.log(asked[0] / asked[1])), abs(size[0] - asked[0]))
        )
    else:
        best = _within(asked, model)
    if request.size and best != request.size:
        changes.append(f"size {request.size[0]}×{request.size[1]} became {best[0]}×{best[1]}")
    elif request.ratio and abs(math.log(best[0] / best[1]) - math.log(_quotient(request.ratio))) > 0.06:  # noqa: PLR2004 - rounding to a multiple moves a ratio by less
        changes.append(f"ratio {request.ratio} became {best[0]}×{best[1]}")
    return best


def _quotient(ratio: str) -> float:
    width, height = ratio.split(":")
    return float(width) / float(height)


def _from_ratio(ratio: str, model: Capabilities) -> tuple[int, int]:
    quotient = _quotient(_nearest(ratio, model.ratios))
    height = math.sqrt(model.pixels / quotient)
    return _within((round(height * quotient), round(height)), model)


def _nearest(ratio: str, offered: Sequence[str]) -> str:
    return min(offered, key=lambda other: abs(math.log(_quotient(other)) - math.log(_quotient(ratio)))) if offered else ratio


def _within(size: tuple[int, int], model: Capabilities) -> tuple[int, int]:
    least, most = model.sides
    shrink = min(1.0, most / max(size))
    return _pair(min(max(model.multiple * round(side * shrink / model.multiple), least), most) for side in size)


def _pair(values: Iterable[int]) -> tuple[int, int]:
    first, second = values
    return first, second


def _clamp(name: str, value: N | None, bounds: tuple[N, N] | None, changes: list[str]) -> N | None:
    if value is None:
        return None
    if bounds is None:
        changes.append(f"{name} left out: the model does not take it")
        return None
    fitted = min(max(value, bounds[0]), bounds[1])
    if fitted != value:
        changes.append(f"{name} {value:g} became {fitted:g}")
    return fitted


def _style(request: Request, model: Capabilities, changes: list[str]) -> str | None:
    if request.style is None or model.any_style:
        return request.style
    for style in model.styles:
        if style.casefold() == request.style.casefold():
            return style
    changes.append(f"style “{_cut(request.style)}” left out: {model.name} does not know it")
    return None


def _several(names: Sequence[str], most: int = 12) -> str:
    """Names in a sentence; of many, the first, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _cut(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
