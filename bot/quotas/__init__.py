"""Quotas: how much people, groups, channels and the workspace may use, in images and in money.

A quota is a question about the journal, never a counter. Reserve = the job exists; refund = it failed. Here the questions are made from
settings and rules; the journal answers them in the transaction that enqueues.

`windows` are spans of time, `rates` what people type, and `Quotas` ties them together.
"""

from bot.quotas.quotas import Quotas, Terms
from bot.quotas.rates import parse_rate
from bot.quotas.windows import window_of

__all__ = ["Quotas", "Terms", "parse_rate", "window_of"]
