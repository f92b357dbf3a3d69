"""What a person may do with jobs: submit, vary, draw again, enlarge, remix, cancel, delete, look up.

There is one way in: every act ends in `submitting`, which asks roles, moderation, a model and quotas, and writes the job. `finding` says
which jobs a person may see; `acts` is the rest, and `Jobs` has it all.
"""

from bot.jobs.acts import Jobs
from bot.jobs.finding import Finder
from bot.jobs.submitting import PATIENCE, TELL, Source, Submitter, new_id, policy_of

__all__ = ["PATIENCE", "TELL", "Finder", "Jobs", "Source", "Submitter", "new_id", "policy_of"]
