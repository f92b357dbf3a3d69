"""The policy and the panel: what follows from findings, what is taken out, what leaves this machine, and what nobody can switch off."""

from collections.abc import Sequence

import pytest

from adapters.moderators.personal import Personal
from bot.errors import Misunderstood
from bot.model import Concern, Level, Person, Place, Request, Term, Verdict
from bot.moderation import TABLE, Consequence, Panel, Policy, choice_of, refusal, slot_of, term_of, verdict_of

PERSON = Person(platform="p", workspace="w", id="u")
PLACE = Place(platform="p", workspace="w", channel="c")
CLUB = Place(platform="p", workspace="w", channel="c", age_restricted=True)


class Finder:
    """Finds words, each as a category with a score: `gore:0.5`."""

    def __init__(self, name: str = "finder", *, remote: bool = False) -> None:
        self.name = name
        self.remote = remote
        self.seen: list[str] = []

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        self.seen.append(text)
        parts = [word.partition(":") for word in text.split()]
        return [Concern(category=name, score=float(score), source=self.name) for name, _, score in parts if name in TABLE and score]

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return await self.prompt(PERSON, place, image.decode())


async def verdict(text: str, place: Place = PLACE) -> Verdict:
    return await Panel([Finder()]).prompt(PERSON, place, text)


@pytest.mark.parametrize(
    ("text", "level", "restricted"),
    [
        ("a fox", Level.ALLOW, Level.ALLOW),
        ("gore:1", Level.BLOCK, Level.BLUR),
        ("gore:0.8", Level.BLOCK, Level.BLUR),
        ("gore:0.79", Level.REVIEW, Level.BLUR),
        ("gore:0.29", Level.ALLOW, Level.ALLOW),
        ("sexual:1", Level.BLOCK, Level.BLUR),
        ("minors:1", Level.BLOCK, Level.BLOCK),
        ("minors:0.5", Level.REVIEW, Level.REVIEW),
        ("weapons:1", Level.BLOCK, Level.BLOCK),
        ("horror:1", Level.BLUR, Level.ALLOW),
        ("people:1", Level.ALLOW, Level.ALLOW),
        ("personal:1", Level.ALLOW, Level.ALLOW),
        ("unchecked:1", Level.REVIEW, Level.REVIEW),
    ],
)
async def test_what_follows_where_nobody_decided(text: str, level: Level, restricted: Level) -> None:
    assert (await verdict(text)).level is level
    assert (await verdict(text, CLUB)).level is restricted


async def test_the_strictest_wins_and_of_equals_the_weightier_category() -> None:
    assert (await verdict("horror:1 brands:0.5 gore:0.9")).category == "gore"
    assert (await verdict("sexual:1 minors:1 gore:1")).category == "minors"
    assert (await verdict("minors:0.5 gore:1")).category == "gore"


def test_what_the_law_and_the_platforms_forbid_cannot_be_switched_off() -> None:
    off = Policy(
        decided={
            slot_of(name, sure=sure, restricted=restricted): Consequence.ALLOW
            for name in TABLE
            for sure in (True, False)
            for restricted in (True, False)
        }
    )
    left = {
        (name, sure, restricted): off.consequence(name, sure=sure, restricted=restricted)
        for name in TABLE
        for sure in (True, False)
        for restricted in (True, False)
        if off.consequence(name, sure=sure, restricted=restricted) is not Consequence.ALLOW
    }
    assert left == {
        ("minors", True, True): Consequence.BLOCK,
        ("minors", True, False): Consequence.BLOCK,
        ("minors", False, True): Consequence.REVIEW,
        ("minors", False, False): Consequence.REVIEW,
        ("sexual", True, False): Consequence.BLOCK,
        ("sexual", True, True): Consequence.BLUR,
    }


def test_by_default_nothing_is_milder_than_its_floor() -> None:
    for category in TABLE.values():
        for sure in (True, False):
            for restricted in (True, False):
                usual = category.usual(sure=sure, restricted=restricted)
                assert usual.strictness >= category.least(sure=sure, restricted=restricted).strictness, category.name
                assert restricted is False or usual.strictness <= category.usual(sure=sure, restricted=False).strictness, "looser there"


@pytest.mark.parametrize(
    ("category", "consequence", "said"),
    [
        ("sexual", "review", "cannot be milder than block"),
        ("minors", "allow", "cannot be milder"),
        ("gore", "mask", "Only personal data"),
        ("gore", "forbid", "nothing that can follow"),
        ("gory", "block", "no category"),
    ],
)
def test_a_decision_that_cannot_be_is_answered_with_what_can(category: str, consequence: str, said: str) -> None:
    with pytest.raises(Misunderstood) as refused:
        choice_of(category, consequence, doubtful=False, restricted=False)
    assert said in str(refused.value)


def test_a_decision_has_a_slot_and_a_value() -> None:
    assert choice_of("gore", "review", doubtful=False, restricted=False) == ("gore", "review")
    assert choice_of("gore", "usual", doubtful=True, restricted=True) == ("gore?@restricted", "")
    assert term_of("  Lol   Cat ", "custom", doubtful=True) == ("lol cat", "custom doubtful")
    with pytest.raises(Misunderstood):
        term_of("!!", "custom", doubtful=False)
    with pytest.raises(Misunderstood):
        term_of("x" * 101, "custom", doubtful=False)


async def test_a_negative_prompt_may_name_what_is_to_stay_away() -> None:
    panel = Panel([Finder()])
    for avoided in ("sexual:1", "gore:1", "hate:0.5", "minors:1"):
        assert (await panel.screen(PERSON, PLACE, Request(prompt="a fox", negative=avoided))).verdict.level is Level.ALLOW
    assert (await panel.screen(PERSON, PLACE, Request(prompt="a fox", negative="hate:1"))).verdict.level is Level.BLOCK


async def test_prompt_and_style_are_one_wish() -> None:
    finder = Finder()
    screening = await Panel([finder]).screen(PERSON, PLACE, Request(prompt="a fox", style="gore:1"))
    assert screening.verdict.level is Level.BLOCK
    assert "a fox\ngore:1" in finder.seen


async def test_personal_data_is_taken_out_before_anything_leaves_and_the_person_is_told() -> None:
    far = Finder("far", remote=True)
    request = Request(prompt="card for ada@example.com, call +49 30 901820", negative="no bob@example.com", style="like eve@example.com")
    screening = await Panel([far, Personal()]).screen(PERSON, PLACE, request)
    assert screening.request.prompt == "card for [mail address], call [phone number]"
    assert screening.request.negative == "no [mail address]"
    assert screening.request.style == "like [mail address]"
    assert screening.verdict.level is Level.ALLOW
    assert far.seen
    assert not any("example.com" in text or "901820" in text for text in far.seen)
    assert screening.notes == (
        "A mail address was taken out of the prompt before anything was sent.",
        "A phone number was taken out of the prompt before anything was sent.",
    )


async def test_a_request_without_anything_comes_back_as_it_was() -> None:
    request = Request(prompt="a fox", seed=7)
    screening = await Panel([Personal(), Finder()]).screen(PERSON, PLACE, request)
    assert (screening.request, screening.notes, screening.verdict) == (request, (), Verdict())


async def test_once_something_is_blocked_nothing_leaves() -> None:
    near, far = Finder(), Finder("far", remote=True)
    panel = Panel([far, near])
    assert (await panel.screen(PERSON, PLACE, Request(prompt="gore:1"))).verdict.source == "finder"
    assert (await panel.prompt(PERSON, PLACE, "gore:1")).source == "finder"
    assert (await panel.image(PLACE, b"gore:1")).source == "finder"
    assert far.seen == []


def test_only_a_block_refuses_where_a_reviewer_is_asked() -> None:
    doubtful, sure = Verdict(level=Level.REVIEW, category="gore"), Verdict(level=Level.BLOCK, category="gore")
    assert refusal(Verdict(level=Level.BLUR)) is None
    assert refusal(doubtful, reviewed=True) is None
    assert refusal(doubtful) is not None
    no = refusal(sure, reviewed=True)
    assert no is not None
    assert "not allowed here (gore)" in no.sentence
    assert "does not count" in no.advice
    own = refusal(Verdict(level=Level.BLOCK, category="custom"))
    assert own is not None
    assert "a term that this team listed" in own.sentence


def test_a_category_that_nobody_knows_counts_as_custom() -> None:
    rulings = Policy().rulings(PLACE, [Concern(category="mystery", source="x")])
    assert verdict_of(rulings).level is Level.BLOCK
