"""Every sentence and every card the bot shows, as values in nobody's markup.

`words` holds the small change (cut, join, time, money), `cards` a job's card through its life, `results` what lands in the thread
and the details of it, `pages` the whispers: help, quota, history, refusals, `models` what can draw, `forms` what is filled in, `home` a
person's own page, `policy` what the policy says and did, `entries` what admins decided.
One word per concept: the controls are called Vary, Upscale, Again, Same, Remix, Details, Edit, Repaint, Extend, Cut out, Delete,
Cancel, here and nowhere else. A package, because every word a person reads lives here.
"""

from bot.says.cards import Live, card, overview, provider_problem, title
from bot.says.entries import entry_page, subject_words
from bot.says.forms import drawing_form
from bot.says.home import home
from bot.says.models import Standing, ends, facts_of_model, model_page, models_page
from bot.says.pages import (
    fault_page,
    help_page,
    history_page,
    kept_page,
    quota_page,
    refusal_page,
    settings_page,
    usage_page,
    whisper,
)
from bot.says.policy import policy_page, taken_note, taken_out, terms_page, trial_page, warned_of
from bot.says.results import deleted, details, promise, rerun_line, result, undelivered

__all__ = [
    "Live",
    "Standing",
    "card",
    "deleted",
    "details",
    "drawing_form",
    "ends",
    "entry_page",
    "facts_of_model",
    "fault_page",
    "help_page",
    "history_page",
    "home",
    "kept_page",
    "model_page",
    "models_page",
    "overview",
    "policy_page",
    "promise",
    "provider_problem",
    "quota_page",
    "refusal_page",
    "rerun_line",
    "result",
    "settings_page",
    "subject_words",
    "taken_note",
    "taken_out",
    "terms_page",
    "title",
    "trial_page",
    "undelivered",
    "usage_page",
    "warned_of",
    "whisper",
]
