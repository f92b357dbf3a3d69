"""Decisions: the one way in which admins' rules are made: before and after are shown, all of it is on record, and each can be undone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.errors import Expired, NotFound, Overtaken
from bot.model import LIMNER, Asker, Entry, Rule, RuleKind, ending_of, subject_of_person
from bot.ports import Store


class Decisions:
    """Makes, undoes and records. Whether somebody may is asked before, where the command is."""

    def __init__(self, store: Store, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def rule(self, asker: Asker, kind: RuleKind, subject: str, value: str, *, slot: str = "", until: datetime | None = None) -> Rule:
        """A rule that this person makes now; an empty value takes the standing one back."""
        return Rule(kind=kind, subject=subject, slot=slot, value=value, by=asker.person.key, created=self._now(), until=until)

    async def decide(
        self, asker: Asker, rules: Sequence[Rule], *, act: str, about: str = "", facts: Mapping[str, str] | None = None
    ) -> Entry:
        """Keep rules, all or none; gives the entry of the audit, with what stood before and stands now."""
        return await self._store.decide(rules, entry=self.entry(asker, act, about=about or rules[0].subject, facts=facts))

    async def note(self, asker: Asker | None, act: str, *, about: str = "", job: str = "", facts: Mapping[str, str] | None = None) -> Entry:
        """Put an act on record that changed no rule; None is the bot itself."""
        return await self._store.note(self.entry(asker, act, about=about, job=job, facts=facts))

    def entry(self, asker: Asker | None, act: str, *, about: str = "", job: str = "", facts: Mapping[str, str] | None = None) -> Entry:
        """An entry about what this person does now, for a transaction of the journal to keep."""
        return Entry(
            act=act,
            who=subject_of_person(asker.person) if asker else LIMNER,
            about=about,
            platform=asker.place.platform if asker else "",
            workspace=asker.place.workspace if asker else "",
            # Where one person talks with the bot alone is as good as their name, and an entry is never changed.
            channel=asker.place.channel if asker and not asker.place.direct else "",
            facts=facts or {},
            job=job,
            trace=asker.trace if asker else "",
            at=self._now(),
        )

    async def read(self, asker: Asker, number: int) -> Entry:
        """An entry of this workspace. Raises NotFound."""
        entry = await self._store.entry(number)
        if (entry.platform, entry.workspace) != (asker.place.platform, asker.place.workspace):
            raise NotFound(f"There is no entry {number} in the audit.", advice="/audit lists the newest.")
        return entry

    async def undo(self, asker: Asker, number: int) -> Entry:
        """Put back what stood before an entry of this workspace.

        Raises:
            NotFound: there is no such entry here.
            Expired: it changed no rule, or what it changed has been changed again.
        """
        entry = await self.read(asker, number)
        if not entry.after:
            raise Expired(f"Entry {number} ({entry.act}) cannot be undone: it changed no rule.")
        if any("person:~" in name for name in entry.after):
            raise Expired(f"Entry {number} cannot be undone: it is about somebody who was erased since.")
        now = [self._read(asker, name, value) for name, value in entry.after.items()]
        then = [self._read(asker, name, entry.before.get(name, "")) for name in entry.after]
        again = self.entry(asker, f"{entry.act}.undone", about=entry.about, facts={"undone": str(number)})
        try:
            return await self._store.decide(then, entry=again, expected=now)
        except Overtaken:
            raise Expired(
                f"Entry {number} cannot be undone: what it changed has been changed again since.", advice="/audit shows by whom."
            ) from None

    def _read(self, asker: Asker, name: str, value: str) -> Rule:
        """The rule behind a line of an entry."""
        kind, subject, slot = (*name.split(" ", 2), "", "")[:3]
        plain, until = ending_of(value)
        return self.rule(asker, RuleKind(kind), subject, plain, slot=slot, until=until)
