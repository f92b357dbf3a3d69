"""Subjects: whom or what a rule is about, as a text that says its own kind.

`person:slack:T1:U1`, `group:slack:T1:S1`, `role:slack:T1:admin`, `channel:slack:T1:C1`, `workspace:slack:T1` (all of it together) and
`everybody:slack:T1` (each of its people). A person's key alone would not do: on some platforms a channel and a person could have one id.
"""

import hashlib

from bot.model.people import Person, Place, Role


def subject_of_person(person: Person) -> str:
    """One person."""
    return f"person:{person.key}"


def subject_of_digest(key: str) -> str:
    """One person by a digest of their key: what is left of a ban after an erasure, which finds them again and names nobody."""
    return f"person:{digest_of(key)}"


def digest_of(key: str) -> str:
    """What stands for a person's key after an erasure: so that what they used is not given to them a second time."""
    platform, workspace, _ = key.split(":", 2)
    return f"{platform}:{workspace}:~{hashlib.sha256(f'limner {key}'.encode()).hexdigest()[:32]}"


def subject_of_group(place: Place, group: str) -> str:
    """Each of the people in one of the platform's groups."""
    return f"group:{place.platform}:{place.workspace}:{group}"


def subject_of_role(place: Place, role: Role) -> str:
    """Each of the people with a role of ours in this workspace."""
    return f"role:{place.platform}:{place.workspace}:{role.value}"


def subject_of_channel(place: Place) -> str:
    """A channel, its threads included: all that is asked for in it together."""
    return f"channel:{place.platform}:{place.workspace}:{place.channel}"


def subject_of_workspace(place: Place) -> str:
    """A workspace: all that is asked for in it together."""
    return f"workspace:{place.platform}:{place.workspace}"


def subject_of_everybody(place: Place) -> str:
    """Each of the people of a workspace."""
    return f"everybody:{place.platform}:{place.workspace}"


def subjects_of(person: Person, place: Place) -> tuple[str, ...]:
    """Every subject that covers this person in this place, the nearest first.

    The person (also by digest), groups, roles, everybody, channel, workspace.
    """
    return (
        subject_of_person(person),
        subject_of_digest(person.key),
        *(subject_of_group(place, group) for group in sorted(person.groups)),
        *(subject_of_role(place, role) for role in sorted(person.roles)),
        subject_of_everybody(place),
        subject_of_channel(place),
        subject_of_workspace(place),
    )
