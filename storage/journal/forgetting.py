"""Forgetting: what is taken out of a job, and out of everything else that names a person, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update

from bot.model import LIMNER, Erasure, Job, Person, RuleKind, digest_of, subject_of_channel, subject_of_digest
from storage.journal.documents import read_case, read_job, write_case, write_job
from storage.journal.jobs import PICTURES, WORDS
from storage.journal.part import insert
from storage.schema import aliases, cases, codes, erasures, events, inputs, jobs, links, marks, people, posts, rules, sums, tickets

ERASED = "erased"
"""The id of whoever is not known any more."""
_GONE = "It is not kept any more."
_AGAINST = (RuleKind.BAN.value, RuleKind.MUTE.value)
_LIMITS = (RuleKind.QUOTA.value, RuleKind.CAP.value, RuleKind.RESET.value)


def without_words(job: Job) -> Job:
    """A job without what was asked for in words."""
    empty: dict[str, Any] = {"prompt": "", "negative": "", "style": None, "extras": {}}
    problem = None if job.problem is None else replace(job.problem, sentence=_GONE, advice="")
    request, fitted = replace(job.request, **empty), replace(job.fitted, **empty)
    return replace(job, request=request, fitted=fitted, changes=(), likeness="", problem=problem)


def forget_words(connection: Connection, job_id: str) -> None:
    """Blank a job's words, unless it has begun to live again."""
    row = connection.execute(select(jobs.c.document, jobs.c.version, jobs.c.kept).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        return
    document = write_job(without_words(read_job(row.document)))
    values = {"document": document, "likeness": None, "kept": row.kept & ~WORDS}
    connection.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.version == row.version).values(values))


def forget_pictures(connection: Connection, job_id: str, now: int) -> list[str]:
    """Say that a job's pictures are gone; gives the uploads that no job needs any more."""
    row = connection.execute(select(jobs.c.kept).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        return []
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(kept=row.kept & ~PICTURES))
    _delete_mark(connection, job_id, now)
    mine = connection.execute(select(inputs.c.key).where(inputs.c.job == job_id)).scalars().all()
    connection.execute(delete(inputs).where(inputs.c.job == job_id))
    return [key for key in mine if connection.execute(select(inputs.c.job).where(inputs.c.key == key).limit(1)).one_or_none() is None]


def orphan(connection: Connection, job_id: str, now: int) -> list[str]:
    """Make a job nobody's; gives the uploads that go with it."""
    row = connection.execute(select(jobs.c.document, jobs.c.version, jobs.c.shown).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        return []
    job = read_job(row.document)
    was, account = job.place, digest_of(job.person.key)
    job = without_words(job)
    pictures = bool(job.images)
    someone = Person(platform=job.person.platform, workspace=job.person.workspace, id=ERASED)
    # A conversation between one person and the bot has an address that is as good as a name.
    place = replace(job.place, thread=None, channel="" if job.place.direct else job.place.channel)
    request, fitted = (replace(each, sources=(), mask=None) for each in (job.request, job.fitted))
    job = replace(
        job,
        person=someone,
        account=someone.key,
        place=place,
        request=request,
        fitted=fitted,
        images=(),
        overview="",
        ticket=None,
        holder="",
        approved="",
        vendor_id="",
        seed=None,
        version=row.version + 1,
    )
    values = {
        "person": someone.key,
        "account": account,
        "channel": place.channel,
        "version": job.version,
        "shown": None if row.shown is None else job.version,
        "likeness": None,
        "kept": 0,
        "document": write_job(job),
    }
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))
    if was.direct:
        # Triggers took the job out of the sums of this conversation; what is left of them is zeros under its address.
        zeros = and_(sums.c.images == 0, sums.c.money == 0, sums.c.spent == 0)
        connection.execute(delete(sums).where(sums.c.place == subject_of_channel(was), zeros))
    uploads = _own_uploads(connection, job_id)
    connection.execute(delete(inputs).where(inputs.c.job == job_id))
    for key in uploads:
        connection.execute(delete(inputs).where(inputs.c.key == key))
    for table in (posts, marks, tickets, cases):
        connection.execute(delete(table).where(table.c.job == job_id))
    if pictures:
        _delete_mark(connection, job_id, now)
    return uploads


def approved_by(connection: Connection, persons: Sequence[Person]) -> list[str]:
    """Jobs whose documents name one of these persons; every document is read for that, because nobody else ever asks."""
    named = or_(*(jobs.c.document.contains(person.key, autoescape=True) for person in persons))
    return list(connection.execute(select(jobs.c.id).where(named)).scalars())


def unname(connection: Connection, persons: Sequence[Person], job_ids: Sequence[str]) -> None:
    """Take reviewers out of other people's jobs."""
    keys = {person.key for person in persons}
    for row in connection.execute(select(jobs.c.id, jobs.c.version, jobs.c.document).where(jobs.c.id.in_(job_ids))).all():
        job = read_job(row.document)
        if job.approved in keys:
            document = write_job(replace(job, approved=f"{job.person.platform}:{job.person.workspace}:{ERASED}"))
            connection.execute(update(jobs).where(jobs.c.id == row.id, jobs.c.version == row.version).values(document=document))


def forget_person(connection: Connection, person: Person, now: int) -> None:
    """Forget who somebody is: name, codes, marks, rules about them, alias. A ban and limits stay under a digest."""
    key, subject, digest = person.key, f"person:{person.key}", subject_of_digest(person.key)
    nobody = f"{person.platform}:{person.workspace}:{ERASED}"
    who = (people.c.platform == person.platform, people.c.workspace == person.workspace, people.c.id == person.id)
    connection.execute(delete(people).where(*who))
    connection.execute(delete(links).where(links.c.person == key))
    connection.execute(delete(codes).where(codes.c.person == key))
    for job_id in connection.execute(select(marks.c.job).where(marks.c.person == key, marks.c.kind == "deleted")).scalars().all():
        _delete_mark(connection, job_id, now)
    connection.execute(delete(marks).where(marks.c.person == key))
    mine = rules.c.subject == subject
    _make_room(connection, subject, digest)
    connection.execute(update(rules).where(mine, rules.c.kind.in_(_AGAINST)).values(subject=digest, value="kept after an erasure"))
    connection.execute(update(rules).where(mine, rules.c.kind.in_(_LIMITS)).values(subject=digest))
    connection.execute(delete(rules).where(mine))
    connection.execute(update(rules).where(rules.c.by == key).values(by=nobody))
    # Who alone may use something stays the only one: without the name it would be everybody's.
    for row in connection.execute(select(rules).where(rules.c.value.contains(subject, autoescape=True))).mappings().all():
        value = " ".join(digest if word == subject else word for word in row["value"].split(" "))
        same = and_(rules.c.kind == row["kind"], rules.c.subject == row["subject"], rules.c.slot == row["slot"])
        connection.execute(update(rules).where(same).values(value=value))
    connection.execute(delete(cases).where(cases.c.person == key))
    for case_id, document in connection.execute(
        select(cases.c.id, cases.c.document).where(cases.c.document.contains(key, autoescape=True))
    ):
        case = read_case(document)
        case = replace(case, decided_by=nobody if case.decided_by == key else case.decided_by)
        connection.execute(update(cases).where(cases.c.id == case_id).values(document=write_case(case)))
    connection.execute(delete(events).where(events.c.key.contains(person.id, autoescape=True)))
    connection.execute(delete(aliases).where(aliases.c.person == key))


def share_bans(connection: Connection, persons: Sequence[Person]) -> None:
    """Let a ban or mute of one of some linked people hold for each of them: what links them goes, and it was no way round."""
    subjects = {f"person:{person.key}" for person in persons}
    own = select(rules).where(rules.c.subject.in_(subjects), rules.c.kind.in_(_AGAINST), rules.c.slot == "")
    for row in connection.execute(own).mappings().all():
        for person in persons:
            if f"person:{person.key}" != row["subject"]:
                there = {"subject": subject_of_digest(person.key), "workspace": f"{person.platform}:{person.workspace}"}
                kept = {**row, **there, "value": "kept after an erasure"}
                connection.execute(insert(connection.dialect.name, rules).on_conflict_do_nothing(), kept)


def _make_room(connection: Connection, subject: str, digest: str) -> None:
    """Take away what an earlier erasure kept where there is a newer rule of the same kind and slot."""
    newer = connection.execute(select(rules.c.kind, rules.c.slot).where(rules.c.subject == subject)).all()
    for kind, slot in newer:
        connection.execute(delete(rules).where(rules.c.subject == digest, rules.c.kind == kind, rules.c.slot == slot))


def close(connection: Connection, erasure: Erasure) -> None:
    """An erasure that is done."""
    connection.execute(delete(links).where(links.c.account == erasure.account))
    connection.execute(delete(erasures).where(erasures.c.account == erasure.account))


def _own_uploads(connection: Connection, job_id: str) -> list[str]:
    """The uploads that a job was the first to start from: whoever came later has them from there."""
    found: list[str] = []
    for key in connection.execute(select(inputs.c.key).where(inputs.c.job == job_id)).scalars().all():
        first = select(jobs.c.id).join(inputs, inputs.c.job == jobs.c.id).where(inputs.c.key == key).order_by(jobs.c.created, jobs.c.id)
        if connection.execute(first.limit(1)).scalar_one_or_none() == job_id:
            found.append(key)
    return found


def _delete_mark(connection: Connection, job_id: str, now: int) -> None:
    values = {"job": job_id, "image": 0, "person": LIMNER, "kind": "deleted", "made": now}
    connection.execute(insert(connection.dialect.name, marks).on_conflict_do_nothing(), values)
