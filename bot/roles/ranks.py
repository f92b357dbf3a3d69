"""Ranks: the order of the roles."""

from collections.abc import Iterable, Mapping

from bot.model import Role

RANKS: Mapping[Role, int] = {Role.MEMBER: 0, Role.REVIEWER: 1, Role.ADMIN: 2, Role.OWNER: 3}
SETTINGS = 4
"""The rank of those whom the settings name."""


def rank_of(roles: Iterable[Role]) -> int:
    """The rank of the highest of some roles; of none, a member's."""
    return max((RANKS[role] for role in roles), default=0)
