"""Pausing: nothing new is taken in a channel, in a workspace, or anywhere, and what waits there goes on once it is over."""

from datetime import datetime

from bot.errors import NotAllowed
from bot.jobs import Jobs, wake_waiting
from bot.model import Asker, Entry, RuleKind, subject_of_channel, subject_of_workspace
from bot.roles import EVERYTHING, Roles

HERE, WORKSPACE, ALL = "here", "workspace", "everything"
SCOPES = (HERE, WORKSPACE, ALL)


async def pause(jobs: Jobs, roles: Roles, asker: Asker, scope: str, reason: str, *, until: datetime | None = None) -> tuple[Entry, int]:
    """Pause one of `SCOPES`, or with an empty reason resume it, and have what waits there looked at; gives how many jobs that is.

    Raises:
        NotAllowed: everything, by somebody whom the settings do not name.
    """
    if scope == ALL and not roles.runs(asker.person):
        act = "pause" if reason else "resume"
        raise NotAllowed(f"Only those whom the settings name may {act} everything.", advice=f"/{act} workspace is for you.")
    subject = {HERE: subject_of_channel(asker.place), WORKSPACE: subject_of_workspace(asker.place), ALL: EVERYTHING}[scope]
    rule = roles.decisions.rule(asker, RuleKind.PAUSE, subject, reason, until=until)
    entry = await roles.decisions.decide(asker, [rule], act="pause.set" if reason else "pause.lift")
    return entry, await wake_paused(jobs, asker, entry)


async def wake_paused(jobs: Jobs, asker: Asker, entry: Entry) -> int:
    """Have every waiting job looked at that an entry about pauses is about; gives how many."""
    woken = 0
    for name in entry.after:
        kind, subject, *_ = name.split(" ")
        if kind == RuleKind.PAUSE:
            place = None if subject == EVERYTHING else asker.place
            channel = subject.rpartition(":")[2] if subject.startswith("channel:") else ""
            woken += await wake_waiting(jobs, f"pause {entry.number}", place=place, channel=channel)
    return woken
