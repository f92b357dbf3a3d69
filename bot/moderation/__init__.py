"""Moderation: moderators say what they find, the policy of the place says what follows, and the strictest verdict wins.

    categories.py  what can be found, and what follows from it where nobody decided otherwise; the floors that nobody can go below
    policy.py      Policy: what follows in one place, from the defaults and what admins decided
    house.py       House: what admins decided about categories and terms, as rules in the journal
    panel.py       Panel: asks every layer in order, takes out personal data, gives one verdict; `refusal` makes a sentence of it
    trial.py       prompts judged from a shell, as a channel with the default policy would

To add a category: one entry in `categories.TABLE`. To add a moderator: `adapters/moderators`. What an admin decides is kept as rules
(`/policy`), read anew with every prompt, so that it holds in every process at once.
"""

from bot.moderation.categories import DOUBTFUL, SURE, TABLE, Category, Consequence
from bot.moderation.house import ALLOW, House, Listed, check_room, choice_of, term_of
from bot.moderation.panel import Panel, Screening, refusal
from bot.moderation.policy import Policy, Ruling, slot_of, verdict_of

__all__ = [
    "ALLOW",
    "DOUBTFUL",
    "SURE",
    "TABLE",
    "Category",
    "Consequence",
    "House",
    "Listed",
    "Panel",
    "Policy",
    "Ruling",
    "Screening",
    "check_room",
    "choice_of",
    "refusal",
    "slot_of",
    "term_of",
    "verdict_of",
]
