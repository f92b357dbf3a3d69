"""Admins' acts: whatever takes more than being a member leaves an entry in the audit, whichever command it is."""

from pathlib import Path

from bot.model import Inquiry, Origin, Tone
from tests.flows.story import open_story
from tests.roles.test_matrix import MATRIX, REVIEWER, gather

IDLE = {
    *(f"review {act}" for act in ("approve", "reject", "ban", "grant")),
    *("undo", "undo: an owner", "undo: a ban", "undo: a pause of everything", "role remove: an owner"),
    *("budget approve", "budget price", "delete: another's"),
}
"""Lines that name what is not there (any more), so that nothing happens; what they do has tests of its own, beside what they do it to."""
LOOKS = {"quota list", "quota show: another's", "show: another's refused one"}
"""What only shows something, by commands that are for everybody."""


async def test_every_act_of_the_menu_that_is_not_for_everybody_is_on_record(tmp_path: Path) -> None:
    missing: list[str] = []
    idle: set[str] = set()
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:runner", BOT_DATABASE_URL="sqlite:///:memory:") as story:
        company = await gather(story)
        for key, asked in MATRIX.items():
            if asked.least < REVIEWER or key in LOOKS:
                continue
            before = await story.app.store.seal()
            answer = await company.ask("runner", asked.says, Origin.COMMAND)
            after = await story.app.store.seal()
            if answer.whisper is not None and answer.whisper.tone in {Tone.WARNING, Tone.BAD}:
                idle.add(key)
            elif answer.form is None and after == before:
                missing.append(key)
        entries = await story.app.store.entries(Inquiry(workspace="playground:studio"), limit=500)
        runner = {entry.who for entry in entries if entry.act.startswith("command.")}
    assert [entry.act for entry in entries].count("signin.settings") == 1, "once a day"
    assert missing == []
    assert runner == {"person:playground:studio:runner"}
    assert idle <= IDLE, idle - IDLE
