"""Accounts: one person on several platforms, with one quota and one history."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Account:
    """Everything one human is. Who linked nothing is an account of one, whose key is the person's."""

    key: str
    people: tuple[str, ...]
    """Keys of persons, the oldest first."""
