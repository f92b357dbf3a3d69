"""The journal's socket for rules and leases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Entry, Rule, RuleKind


class RuleStore(Protocol):
    """What the journal says about admins' decisions."""

    async def decide(self, rules: Sequence[Rule], *, entry: Entry, expected: Sequence[Rule] | None = None) -> Entry:
        """Keep rules, all or none, each in place of the standing one of its key; an empty value takes that one back.

        The entry goes into the audit in the same transaction, with `before` and `after` filled in: `<kind> <subject> <slot>` -> value,
        and ` until <ISO moment>` behind a value that ends. Gives it as kept.

        `expected` are the rules as they must stand now (empty value: none), or nothing is done and Overtaken is raised.
        """
        ...

    async def rules(self, subjects: Sequence[str], kinds: Sequence[RuleKind] = ()) -> list[Rule]:
        """The standing rules about these subjects, of these kinds (none: all), newest first; what ended is left out."""
        ...

    async def rules_about(self, platform: str, id_: str, kinds: Sequence[RuleKind]) -> list[Rule]:
        """The standing rules of these kinds about whoever has this id on a platform, in any workspace, newest first."""
        ...

    async def rules_of(self, workspace: str, kinds: Sequence[RuleKind] = ()) -> list[Rule]:
        """The standing rules about anybody and anything of a workspace (`slack:T1`), by kind, subject and slot."""
        ...

    async def ruled(self, kind: RuleKind) -> list[str]:
        """The workspaces (`slack:T1`) that have a standing rule of a kind, sorted."""
        ...

    async def lease(self, name: str, *, holder: str, until: datetime) -> bool:
        """Take or renew a lease. False while somebody else holds it, which ends by itself at their `until`."""
        ...

    async def release(self, name: str, *, holder: str) -> None:
        """Give a lease back. Releasing what one does not hold is no error."""
        ...
