"""What a person may do with jobs: submit, vary, draw again, enlarge, remix, cancel, delete, look up.

There is one way in: every act ends in `submitting`, which asks roles, moderation, a model and quotas, and writes the job. `finding` says
which jobs a person may see; `acts` is the rest, and `Jobs` has it all. `crowds` is what is done to many jobs at once.
"""

from bot.jobs.acts import Jobs
from bot.jobs.crowds import on_the_way, stop_all, wake_waiting
from bot.jobs.finding import Finder
from bot.jobs.submitting import PATIENCE, TELL, Source, Submitter, new_id, policy_of

__all__ = ["PATIENCE", "TELL", "Finder", "Jobs", "Source", "Submitter", "new_id", "on_the_way", "policy_of", "stop_all", "wake_waiting"]
