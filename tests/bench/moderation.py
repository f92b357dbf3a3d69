"""Precision and recall of the default policy over the test set, by category and disguise, and the time that a prompt takes.

python -m tests.bench.moderation             # the numbers; the held-out third is counted apart
python -m tests.bench.moderation --misses    # what was judged otherwise than labelled, of the part that may be looked at
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

from bot.model import Level, Person, Place
from bot.moderation import Panel
from bot.moderation.trial import open_panel
from tests.policy.corpus import Wording, disguised, wordings

PERSON = Person(platform="playground", workspace="w", id="u")
PLACE = Place(platform="playground", workspace="w", channel="c")
LONG = "a lighthouse in a storm, oil painting, dramatic light, a b0at with red sails, n.o people, " * 45


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


async def judged(panel: Panel, wording: Wording) -> Level:
    """The level that a wording gets in an ordinary channel."""
    return (await panel.prompt(PERSON, PLACE, wording.text)).level


def table(rows: Iterable[tuple[Wording, Level]], key: str) -> None:
    """Precision and recall by an attribute of the wordings. Caught: review or block. A borderline wording counts for neither."""
    counts: dict[str, Counter[str]] = {}
    for wording, level in rows:
        for name in (str(getattr(wording, key)) or "as written", "all"):
            count = counts.setdefault(name, Counter())
            outcome = "blocked" if level is Level.BLOCK else "reviewed" if level is Level.REVIEW else "passed"
            count[f"{wording.label} {outcome}"] += 1
    say(f"{key:>16}   unsafe: block/review/pass   borderline   safe: block/review/pass   precision  recall  recall(block)")
    for name, count in counts.items():
        numbers = [
            [count[f"{label} {outcome}"] for outcome in ("blocked", "reviewed", "passed")] for label in ("unsafe", "borderline", "safe")
        ]
        (ub, ur, up), borderline, (sb, sr, sp) = numbers
        caught, false = ub + ur, sb + sr
        precision = caught / (caught + false) if caught + false else 1.0
        recall, strict = (caught / (caught + up), ub / (caught + up)) if caught + up else (1.0, 1.0)
        middle = "/".join(map(str, borderline))
        say(
            f"{name:>16}  {f'{ub}/{ur}/{up}':>26}   {middle:>10}   {f'{sb}/{sr}/{sp}':>24}   {precision:9.3f}  {recall:6.3f}  {strict:5.3f}"
        )


async def pace(panel: Panel) -> None:
    """The time of a short and a long prompt, beside a bare automaton over as many terms."""
    automaton = AhoCorasick([f"term{number}" for number in range(3000)], store_patterns=False)
    for text in (LONG[:80], LONG[:4000]):
        rounds = 300
        began = time.perf_counter()
        for _ in range(rounds):
            await panel.prompt(PERSON, PLACE, text)
        took = (time.perf_counter() - began) / rounds
        began = time.perf_counter()
        for _ in range(rounds):
            automaton.find_matches_as_indexes(text)
        bare = (time.perf_counter() - began) / rounds
        say(f"{len(text):>5} characters: {took * 1000:.3f} ms a prompt, {took / bare:.0f} times a bare automaton")


async def main() -> None:
    """Print it all."""
    plain = wordings()
    every = [*plain, *(one for wording in plain if wording.label != "borderline" for one in disguised(wording))]
    async with open_panel() as panel:
        rows = [(wording, await judged(panel, wording)) for wording in every]
        if "--misses" in sys.argv:
            for wording, level in rows:
                wrong = level < Level.BLOCK if wording.label == "unsafe" else wording.label == "safe" and level > Level.ALLOW
                if wrong and not wording.held_out and bool(wording.disguise) is ("--disguised" in sys.argv):
                    say(f"{wording.category:>12} {wording.label:>10} -> {level.name:<6} {wording.disguise:>12}  {wording.text}")
            return
        for held_out in (False, True):
            say(f"\n{'held out' if held_out else 'looked at'}, as written")
            table([row for row in rows if row[0].held_out is held_out and not row[0].disguise], "category")
            say(f"\n{'held out' if held_out else 'looked at'}, in disguise")
            table([row for row in rows if row[0].held_out is held_out and row[0].disguise], "disguise")
        await pace(panel)


if __name__ == "__main__":
    asyncio.run(main())
