"""Roles: who is what, and who may do what where. Asked in the hub for every way in: command, button, form, reaction, page.

`ranks` puts the roles in order, `rights` is everything that holds for one person in one place, and `Roles` reads it from the journal.

- Roles come from the platform, from rules about a person or about one of their groups, and from the settings. Rules only add: whom the
  platform calls an admin is one, so nobody can lock a workspace out of its own bot.
- Nothing is remembered between two questions. A role that was taken back is gone with the next word, in every process.
- A rule about a person holds in that person's own workspace. Somebody who is a guest in a shared channel gets no role there, and brings
  none along.
- Linked people are banned and muted together, but for those who are admins on the other side: else an admin of one workspace could lock
  out those of another. Roles themselves never cross: who runs one workspace was given nothing by the people of the other.
- Whoever is banned or muted in a workspace is so in conversations that belong to none: there, nobody else could decide about them.
- Who is named in the settings ranks above owners, cannot be banned, and alone may pause everything.
"""

from bot.roles.ranks import RANKS, rank_of
from bot.roles.rights import EVERYTHING, UNSAID, Rights
from bot.roles.roles import Roles, guest_slot

__all__ = ["EVERYTHING", "RANKS", "UNSAID", "Rights", "Roles", "guest_slot", "rank_of"]
