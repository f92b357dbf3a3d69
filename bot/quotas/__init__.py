"""Quotas: how much people, groups, channels and the workspace may use, in images and in money.

A quota is a question about the journal, never a counter. Reserve = the job exists; refund = it failed. Here the questions are made from
settings and rules; the journal answers them in the transaction that enqueues.

    windows   spans of time, by the calendar of the workspace's time zone
    slots     what is counted in which window: what tells two quotas of one subject apart
    rates     amounts as people type them and as rules keep them
    rulebook  which of the standing rules hold for one person in one place
    grants    more for a while, exact to the image; purses asks the journal for what they need
    caps      how large one request may be
    budgets   the team's money: balances, alerts, prices, the threshold of approval
    ruling    every rule that an admin makes
    quotas    ties them together: terms of a job, and reports

Money. What a job will cost is its model's price, or what an admin says where the model tells none. Where money is limited and neither is
known, the job is refused: an unknown price could be any. A person's money is what their pictures cost; the budget is what was paid, for
jobs that failed after the vendor charged, too.
"""

from bot.quotas.budgets import ALERTS, Budgets
from bot.quotas.caps import CAPS
from bot.quotas.grants import Grant, read_grant
from bot.quotas.quotas import Quotas, Terms
from bot.quotas.rates import read_amount, read_rate, read_sum
from bot.quotas.rulebook import ZONE, is_guest
from bot.quotas.slots import EVERYTHING, Slot, read_slot
from bot.quotas.windows import is_zone, window_of

__all__ = [
    "ALERTS",
    "CAPS",
    "EVERYTHING",
    "ZONE",
    "Budgets",
    "Grant",
    "Quotas",
    "Slot",
    "Terms",
    "is_guest",
    "is_zone",
    "read_amount",
    "read_grant",
    "read_rate",
    "read_slot",
    "read_sum",
    "window_of",
]
