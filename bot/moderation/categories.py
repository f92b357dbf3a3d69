"""Categories: what moderators can find, in the order of weight, with what follows from it where nobody decided otherwise.

Of two findings that are as strict, the one whose category stands first is told. A floor is what an admin cannot go below: the law and the
platforms' own rules stand above a team's taste (adult content is allowed by no platform outside age-restricted channels).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.model import Level

SURE = 0.8
"""From this score on, a finding is sure."""
DOUBTFUL = 0.3
"""From this score on, a finding is doubtful; below, it is nothing."""


class Consequence(StrEnum):
    """What follows from a finding, from the mildest to the strictest."""

    ALLOW = "allow"
    WARN = "warn"
    """It goes on, and the person is told."""
    MASK = "mask"
    """The words are taken out before they leave, and the person is told."""
    BLUR = "blur"
    REVIEW = "review"
    BLOCK = "block"

    @property
    def strictness(self) -> int:
        """Its place in the order."""
        return list(Consequence).index(self)

    @property
    def level(self) -> Level:
        """The level of the verdict."""
        return {Consequence.BLUR: Level.BLUR, Consequence.REVIEW: Level.REVIEW, Consequence.BLOCK: Level.BLOCK}.get(self, Level.ALLOW)


@dataclass(frozen=True, kw_only=True)
class Category:
    """Something that can be found."""

    name: str
    about: str
    sure: Consequence = Consequence.BLOCK
    doubtful: Consequence = Consequence.REVIEW
    restricted: Consequence = Consequence.BLOCK
    """For sure findings in age-restricted channels."""
    restricted_doubtful: Consequence = Consequence.REVIEW
    floor: Consequence = Consequence.ALLOW
    """The mildest that a sure finding can be given."""
    restricted_floor: Consequence = Consequence.ALLOW
    doubtful_floor: Consequence = Consequence.ALLOW
    """The mildest that a doubtful finding can be given, everywhere."""
    unwanted: bool = False
    """Whether it matters in a negative prompt too, which asks for a thing to stay away."""

    def usual(self, *, sure: bool, restricted: bool) -> Consequence:
        """What follows where nobody decided otherwise."""
        if restricted:
            return self.restricted if sure else self.restricted_doubtful
        return self.sure if sure else self.doubtful

    def least(self, *, sure: bool, restricted: bool) -> Consequence:
        """The mildest that an admin can choose."""
        if not sure:
            return self.doubtful_floor
        return self.restricted_floor if restricted else self.floor


_ALLOW, _WARN, _MASK, _BLUR, _REVIEW, _BLOCK = Consequence

TABLE: Mapping[str, Category] = MappingProxyType(
    {
        category.name: category
        for category in (
            Category(name="minors", about="Sexual content with minors", floor=_BLOCK, restricted_floor=_BLOCK, doubtful_floor=_REVIEW),
            Category(name="deception", about="Real people in scenes that deceive or degrade"),
            Category(
                name="sexual",
                about="Nudity and sex",
                restricted=_BLUR,
                restricted_doubtful=_BLUR,
                floor=_BLOCK,
                restricted_floor=_BLUR,
            ),
            Category(name="hate", about="Slurs, hateful symbols, the dehumanising of groups", unwanted=True),
            Category(name="extremism", about="Praise of and recruiting for terror"),
            Category(name="self-harm", about="Ways to hurt oneself"),
            Category(name="weapons", about="How to make weapons and bombs"),
            Category(name="gore", about="Mutilation and cruelty", restricted=_BLUR, restricted_doubtful=_BLUR),
            Category(
                name="horror",
                about="Blood and corpses as pictures often need them",
                sure=_BLUR,
                doubtful=_ALLOW,
                restricted=_ALLOW,
                restricted_doubtful=_ALLOW,
            ),
            Category(name="violence", about="People being hurt", restricted=_BLUR, restricted_doubtful=_BLUR),
            Category(name="harassment", about="Threats and mockery of somebody", unwanted=True),
            Category(name="illegal", about="Drugs, forged documents, other crimes"),
            Category(name="brands", about="Protected brands used as if they had agreed"),
            Category(name="custom", about="What this team listed itself", unwanted=True),
            Category(name="unchecked", about="What a layer that must look could not look at", sure=_REVIEW, restricted=_REVIEW),
            Category(
                name="personal",
                about="Mail addresses, phone and card numbers, keys, ids",
                sure=_MASK,
                doubtful=_WARN,
                restricted=_MASK,
                restricted_doubtful=_WARN,
                unwanted=True,
            ),
            Category(
                name="people",
                about="Real people by name, in any scene",
                sure=_ALLOW,
                doubtful=_ALLOW,
                restricted=_ALLOW,
                restricted_doubtful=_ALLOW,
            ),
        )
    }
)
RANKS: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(TABLE)})
