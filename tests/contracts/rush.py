"""A process that asks a journal for a job many times at once, as soon as it hears a line, and says how often it got one.

python -m tests.contracts.rush URL NAME TIMES
"""

import asyncio
import sys
from dataclasses import replace
from decimal import Decimal

from bot.errors import OverQuota
from bot.model import Job, Limit, Measure, Pool
from storage.journal import open_journal
from tests.contracts.stores import a_job, a_limit, enqueue

LIMITS: tuple[Limit, ...] = (
    replace(a_limit(50), pool=Pool.CHANNEL, subject="playground:home:general"),
    replace(a_limit(2_000_000), measure=Measure.MONEY, pool=Pool.WORKSPACE, subject="playground:home", team=True),
)
"""Both are full with 50 jobs of one image and 4 cents."""


def a_wish(identity: str) -> Job:
    return replace(a_job(identity, person=identity), estimate=Decimal("0.04"))


async def main() -> None:
    url, name, times = sys.argv[1:]
    async with open_journal(url, migrate=False) as journal:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        asked = (enqueue(journal, a_wish(f"{name}{number}"), *LIMITS) for number in range(int(times)))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        refused = sum(isinstance(answer, OverQuota) for answer in answers)
        sys.stdout.write(f"{sum(isinstance(answer, Job) for answer in answers)} {refused}\n")


if __name__ == "__main__":
    asyncio.run(main())
