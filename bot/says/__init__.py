"""Every sentence and every card the bot shows, as values in nobody's markup.

`words` holds the small change (cut, join, time, money), `cards` a job's card through its life, `results` what lands in the thread
and the details of it, `pages` the whispers: help, quota, history, refusals, `models` what can draw, `forms` what is filled in, `home` a
person's own page, `policy` what the policy says and did, `reviews` what waits
for somebody to decide, `quotas` and `budgets` what may be used, `entries` what admins decided, `audit`, `privacy`
and `stats` the records, `people` roles, access, the queue and links.
One word per concept: the controls are called Vary, Upscale, Again, Same, Remix, Details, Edit, Repaint, Extend, Cut out, Delete,
Cancel, here and nowhere else. A package, because every word a person reads lives here.
"""

from bot.says.audit import audit_file, audit_page, walk_words
from bot.says.budgets import alert, budgets_page
from bot.says.cards import Live, card, overview, provider_problem, title
from bot.says.entries import entry_page, subject_words, whom
from bot.says.forms import drawing_form
from bot.says.home import home
from bot.says.models import Standing, ends, facts_of_model, model_page, models_page
from bot.says.pages import (
    fault_page,
    help_page,
    history_page,
    kept_page,
    refusal_page,
    settings_page,
    usage_page,
    whisper,
)
from bot.says.people import (
    access_page,
    access_words,
    code_page,
    linked_page,
    proposal_page,
    queue_page,
    role_page,
    roles_page,
    stopped,
)
from bot.says.policy import policy_page, taken_note, taken_out, terms_page, trial_page, warned_of
from bot.says.privacy import erase_begun, erase_question, erased_page, erased_post, export_note, export_page, privacy_page
from bot.says.quotas import (
    asked_page,
    caps_page,
    caps_words,
    decided_page,
    dollars,
    more_form,
    only_words,
    quota_page,
    rate_words,
    rules_page,
    subject_page,
    whose,
)
from bot.says.results import deleted, details, promise, rerun_line, result, undelivered
from bot.says.reviews import (
    MEASURES,
    appealed,
    ban_form,
    case_card,
    case_line,
    cases_page,
    grant_form,
    guidelines_form,
    guidelines_page,
    hidden,
    outcome,
    reject_form,
    removed,
    reported,
    reported_outcome,
)
from bot.says.reviews import terms_page as review_page
from bot.says.stats import board_of, stats_page, stats_words
from bot.says.words import cut, listed, moment, plural, span

__all__ = [
    "MEASURES",
    "Live",
    "Standing",
    "access_page",
    "access_words",
    "alert",
    "appealed",
    "asked_page",
    "audit_file",
    "audit_page",
    "ban_form",
    "board_of",
    "budgets_page",
    "caps_page",
    "caps_words",
    "card",
    "case_card",
    "case_line",
    "cases_page",
    "code_page",
    "cut",
    "decided_page",
    "deleted",
    "details",
    "dollars",
    "drawing_form",
    "ends",
    "entry_page",
    "erase_begun",
    "erase_question",
    "erased_page",
    "erased_post",
    "export_note",
    "export_page",
    "facts_of_model",
    "fault_page",
    "grant_form",
    "guidelines_form",
    "guidelines_page",
    "help_page",
    "hidden",
    "history_page",
    "home",
    "kept_page",
    "linked_page",
    "listed",
    "model_page",
    "models_page",
    "moment",
    "more_form",
    "only_words",
    "outcome",
    "overview",
    "plural",
    "policy_page",
    "privacy_page",
    "promise",
    "proposal_page",
    "provider_problem",
    "queue_page",
    "quota_page",
    "rate_words",
    "refusal_page",
    "reject_form",
    "removed",
    "reported",
    "reported_outcome",
    "rerun_line",
    "result",
    "review_page",
    "role_page",
    "roles_page",
    "rules_page",
    "settings_page",
    "span",
    "stats_page",
    "stats_words",
    "stopped",
    "subject_page",
    "subject_words",
    "taken_note",
    "taken_out",
    "terms_page",
    "title",
    "trial_page",
    "undelivered",
    "usage_page",
    "walk_words",
    "warned_of",
    "whisper",
    "whom",
    "whose",
]
