"""The Store's contract, over every implementation: SQLite in memory, a SQLite file, PostgreSQL."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import AlreadyTaken, NotFound, OverQuota, Overtaken, StoreFault, TooMany
from bot.model import MOVES, Image, Job, Load, Parent, Person, Place, Problem, Request, Role, Rule, RuleKind, State, Verdict, Window
from bot.ports import Store
from storage.journal import open_journal
from tests.contracts.stores import DAY_AGO, FREE, NOW, a_job, a_limit, a_person, a_post, an_entry, enqueue, images_used, walk

ANN = a_person("ann")
LATER = NOW + timedelta(hours=1)


def an_image(index: int) -> Image:
    return Image(
        index=index,
        key=f"o{index}",
        shown=f"s{index}",
        thumbnail=f"t{index}",
        digest="00",
        media_type="image/png",
        width=8,
        height=8,
        bytes=9,
    )


async def test_new_job_is_found_as_it_was_taken(store: Store) -> None:
    taken = await enqueue(store, a_job("fox1"))
    assert taken == a_job("fox1")
    assert await store.find("fox1") == taken


async def test_held_job_is_taken_and_waits(store: Store) -> None:
    await enqueue(store, a_job("fox1", state=State.HELD))
    assert (await store.find("fox1")).state is State.HELD


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED, State.HELD}))
async def test_job_that_is_neither_queued_nor_held_is_no_new_job(store: Store, state: State) -> None:
    with pytest.raises(ValueError, match="queued or held"):
        await enqueue(store, a_job("fox1", state=state))


async def test_priority_falls_with_every_unfinished_job_of_the_person(store: Store) -> None:
    first = await enqueue(store, a_job("fox1"))
    second = await enqueue(store, a_job("fox2", state=State.HELD))
    await walk(store, first, State.SUBMITTING)
    third = await enqueue(store, a_job("fox3"))
    await walk(store, second, State.CANCELLED)
    fourth = await enqueue(store, a_job("fox4"))
    other = await enqueue(store, a_job("fox5", person="bob"))
    assert [job.priority for job in (first, second, third, fourth, other)] == [0, -1, -2, -2, 0]
    assert (await store.find("fox3")).priority == -2


async def test_same_event_is_taken_once_and_writes_nothing_the_second_time(store: Store) -> None:
    await enqueue(store, a_job("fox1"), event="click")
    with pytest.raises(AlreadyTaken):
        await enqueue(store, a_job("fox2"), event="click")
    with pytest.raises(AlreadyTaken):
        await store.record(a_job("fox3", state=State.BLOCKED), event="click")
    assert not await store.take("click")
    assert [job.id for job in await store.recent()] == ["fox1"]


async def test_what_is_on_record_about_a_new_job_is_written_with_it_or_not_at_all(store: Store) -> None:
    noted = an_entry("verdict.blur")
    await store.enqueue(a_job("fox1"), limits=[], load=FREE, event="click", entry=noted)
    with pytest.raises(AlreadyTaken):
        await store.enqueue(a_job("fox2"), limits=[], load=FREE, event="click", entry=noted)
    assert (await store.entry(1)).act == "verdict.blur"
    with pytest.raises(NotFound):
        await store.entry(2)


async def test_jobs_without_an_event_are_all_taken(store: Store) -> None:
    await enqueue(store, a_job("fox1"))
    await enqueue(store, a_job("fox2"))
    assert len(await store.recent()) == 2


async def test_same_event_at_once_gives_one_job(store: Store) -> None:
    answers = await asyncio.gather(*(enqueue(store, a_job(f"fox{n}"), event="click") for n in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyTaken) for answer in answers) == 19


async def test_request_over_quota_writes_nothing_not_even_its_event(store: Store) -> None:
    await enqueue(store, a_job("fox1", count=4), a_limit(5))
    with pytest.raises(OverQuota) as refused:
        await enqueue(store, a_job("fox2", count=2), a_limit(5), event="click")
    assert refused.value.sentence == "You have used 4 of 5 images today, and this would be 2 more."
    assert refused.value.advice == "--count 1 would fit. Your quota renews on 15 March at 00:00 UTC."
    assert [job.id for job in await store.recent()] == ["fox1"]
    await enqueue(store, a_job("fox3", count=1), a_limit(5), event="click")
    assert await images_used(store) == 5


async def test_used_up_quota_says_when_it_renews_where_the_person_is(store: Store) -> None:
    job = a_job("fox1", count=5)
    await enqueue(store, job, a_limit(5))
    in_berlin = replace(job, id="fox2", person=replace(job.person, zone="Europe/Berlin"))
    with pytest.raises(OverQuota) as refused:
        await enqueue(store, in_berlin, a_limit(5))
    assert refused.value.sentence == "You have used 5 of 5 images today."
    assert refused.value.advice == "This one did not count. Your quota renews on 15 March at 01:00 your time."


async def test_time_zone_that_nobody_knows_is_told_in_utc(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    nowhere = replace(job, id="fox2", person=replace(job.person, zone="../Nowhere"))
    with pytest.raises(OverQuota, match="1 of 1 image today") as refused:
        await enqueue(store, nowhere, a_limit(1))
    assert refused.value.advice.endswith("UTC.")


async def test_quota_of_nothing_sends_the_person_to_an_admin(store: Store) -> None:
    with pytest.raises(OverQuota, match="Your quota is 0 images a month") as refused:
        await enqueue(store, a_job("fox1"), a_limit(0, window=Window.MONTH))
    assert "admin" in refused.value.advice


async def test_of_two_broken_limits_the_one_that_leaves_least_is_named(store: Store) -> None:
    await enqueue(store, a_job("fox1", count=3))
    with pytest.raises(OverQuota) as refused:
        await enqueue(store, a_job("fox2", count=4), a_limit(6), a_limit(5, window=Window.MONTH))
    assert refused.value.sentence == "You have used 3 of 5 images this month, and this would be 4 more."
    assert "--count 2 would fit" in refused.value.advice


async def test_limit_counts_only_what_was_asked_since_it_began(store: Store) -> None:
    await enqueue(store, a_job("fox1", count=4, created=DAY_AGO - timedelta(microseconds=1)))
    await enqueue(store, a_job("fox2", count=2, created=DAY_AGO))
    assert await images_used(store) == 2
    await enqueue(store, a_job("fox3", count=3), a_limit(5))


async def test_quota_of_one_person_is_not_used_by_another(store: Store) -> None:
    await enqueue(store, a_job("fox1", count=4, person="bob"))
    assert await images_used(store) == 0
    await enqueue(store, a_job("fox2", count=4), a_limit(4))


@pytest.mark.parametrize(
    "path",
    [
        (State.FAILED,),
        (State.BLOCKED,),
        (State.CANCELLED,),
        (State.EXPIRED,),
        (State.SUBMITTING, State.CANCELLING),
        (State.SUBMITTING, State.SUBMITTED, State.CANCELLING, State.CANCELLED),
        (State.SUBMITTING, State.GENERATED, State.FAILED),
    ],
)
async def test_job_that_gave_no_picture_gives_its_quota_back(store: Store, path: tuple[State, ...]) -> None:
    job = await enqueue(store, a_job("fox1", count=4), a_limit(4))
    assert await images_used(store) == 4
    await walk(store, job, *path)
    assert await images_used(store) == 0
    await enqueue(store, a_job("fox2", count=4), a_limit(4))


async def test_delivered_job_is_charged_for_the_images_it_has(store: Store) -> None:
    job = await enqueue(store, a_job("fox1", count=4))
    job = await walk(store, job, State.SUBMITTING, State.SUBMITTED, State.GENERATED)
    assert await images_used(store) == 4
    await walk(store, replace(job, images=(an_image(1), an_image(2), an_image(3))), State.DELIVERED)
    assert await images_used(store) == 3


async def test_person_with_as_many_waiting_jobs_as_allowed_is_told_so_and_nothing_is_written(store: Store) -> None:
    load = Load(waiting=2)
    first = await enqueue(store, a_job("fox1"), load=load)
    await enqueue(store, a_job("fox2", state=State.HELD), load=load)
    with pytest.raises(TooMany) as refused:
        await enqueue(store, a_job("fox3"), load=load, event="click")
    assert refused.value.sentence == "You have 2 of 2 jobs waiting."
    assert "/cancel" in refused.value.advice
    await walk(store, first, State.SUBMITTING)
    await enqueue(store, a_job("fox4"), load=load, event="click")


async def test_thousand_requests_at_once_with_fifty_left_give_fifty_jobs(store: Store) -> None:
    answers = await asyncio.gather(
        *(enqueue(store, a_job(f"fox{n}"), a_limit(50), a_limit(500, window=Window.MONTH), event=f"e{n}") for n in range(1000)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Job) for answer in answers) == 50
    assert sum(isinstance(answer, OverQuota) for answer in answers) == 950
    assert await images_used(store) == 50
    assert len(await store.recent(limit=1000)) == 50


async def test_two_processes_at_once_give_no_job_too_many(store_url: str) -> None:
    if ":memory:" in store_url:
        pytest.skip("memory belongs to one process")
    async with open_journal(store_url, migrate=True) as one, open_journal(store_url, migrate=False) as two:
        pair = itertools.cycle((one, two))
        requests = (enqueue(next(pair), a_job(f"fox{n}", count=2), a_limit(25)) for n in range(60))
        answers = await asyncio.gather(*requests, return_exceptions=True)
        assert sum(isinstance(answer, Job) for answer in answers) == 12
        assert await images_used(two) == 24


async def test_recorded_job_is_there_and_costs_nothing(store: Store) -> None:
    job = a_job("fox1", state=State.BLOCKED, count=4)
    await store.record(job, event="click")
    assert await store.find("fox1") == job
    assert await images_used(store) == 0
    assert await store.unfinished() == []
    with pytest.raises(AlreadyTaken):
        await store.record(a_job("fox2", state=State.BLOCKED), event="click")


async def test_job_that_can_still_run_is_not_just_recorded(store: Store) -> None:
    with pytest.raises(ValueError, match="over"):
        await store.record(a_job("fox1"), event=None)


async def test_begun_job_is_submitting_and_counts_its_attempts(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    begun = await store.begin(job, running=3, now=LATER)
    assert begun == replace(job, state=State.SUBMITTING, version=2, attempts=1, started=LATER, changed=LATER)
    assert await store.find("fox1") == begun


async def test_job_waits_while_its_person_has_as_many_running_as_allowed(store: Store) -> None:
    first, second = [await enqueue(store, a_job(f"fox{n}")) for n in (1, 2)]
    other = await enqueue(store, a_job("fox3", person="bob"))
    running = await store.begin(first, running=1, now=NOW)
    assert running is not None
    assert await store.begin(second, running=1, now=NOW) is None
    assert await store.find("fox2") == second
    assert await store.begin(other, running=1, now=NOW) is not None
    cancelling = await walk(store, running, State.CANCELLING)
    assert await store.begin(second, running=1, now=NOW) is None
    await walk(store, cancelling, State.CANCELLED)
    assert await store.begin(second, running=1, now=NOW) is not None


async def test_job_that_was_moved_cannot_begin(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    await walk(store, job, State.CANCELLED)
    with pytest.raises(Overtaken):
        await store.begin(job, running=3, now=NOW)
    with pytest.raises(Overtaken):
        await store.begin(job, running=0, now=NOW)
    with pytest.raises(Overtaken):
        await store.begin(a_job("fox2"), running=3, now=NOW)


async def test_only_a_queued_job_begins(store: Store) -> None:
    job = await enqueue(store, a_job("fox1", state=State.HELD))
    with pytest.raises(ValueError, match="queued"):
        await store.begin(job, running=3, now=NOW)


async def test_beginning_at_once_never_passes_the_limit(store: Store) -> None:
    waiting = [await enqueue(store, a_job(f"fox{n}")) for n in range(10)]
    begun = await asyncio.gather(*(store.begin(job, running=3, now=NOW) for job in waiting))
    assert sum(job is not None for job in begun) == 3
    assert (await store.counts())["submitting"] == 3


async def test_same_job_begun_at_once_begins_once(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    answers = await asyncio.gather(*(store.begin(job, running=100, now=NOW) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, Overtaken) for answer in answers) == 4


async def test_saved_job_has_the_next_version(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    saved = await store.save(replace(job, state=State.SUBMITTING, ticket="t1", version=77), was=job)
    assert saved == replace(job, state=State.SUBMITTING, ticket="t1", version=2)
    assert await store.find("fox1") == saved
    again = await store.save(replace(saved, ticket="t2"), was=saved)
    assert (again.version, again.ticket) == (3, "t2")


async def test_job_saved_over_something_newer_is_overtaken_and_changes_nothing(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    newer = await store.save(job, was=job)
    for target in (State.QUEUED, State.CANCELLED):
        with pytest.raises(Overtaken):
            await store.save(replace(job, state=target), was=job)
    with pytest.raises(Overtaken):
        await store.save(replace(job, state=State.SUBMITTED), was=replace(newer, state=State.SUBMITTING))
    with pytest.raises(Overtaken):
        await store.save(a_job("fox2"), was=a_job("fox2"))
    assert await store.find("fox1") == newer


async def test_saving_at_once_succeeds_once(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    rivals = [replace(job, state=state) for state in (State.SUBMITTING, State.CANCELLED, State.EXPIRED, State.FAILED, State.QUEUED)]
    answers = await asyncio.gather(*(store.save(rival, was=job) for rival in rivals), return_exceptions=True)
    [winner] = [answer for answer in answers if isinstance(answer, Job)]
    assert sum(isinstance(answer, Overtaken) for answer in answers) == 4
    assert await store.find("fox1") == winner


async def test_job_moves_as_the_table_says_and_in_no_other_way(store: Store) -> None:
    for number, (source, target) in enumerate(itertools.product(State, State)):
        job = a_job(f"fox{number}", state=source)
        if source.over:
            await store.record(job, event=None)
        else:
            job = await enqueue(store, replace(job, state=State.HELD))
            job = await walk(store, job, *_way_to(source))
        if target in MOVES[source]:
            assert (await walk(store, job, target)).state is target
        else:
            with pytest.raises(ValueError, match="cannot move"):
                await store.save(replace(job, state=target), was=job)


def _way_to(state: State) -> tuple[State, ...]:
    ways: dict[State, tuple[State, ...]] = {State.HELD: ()}
    for source in ways.copy():
        frontier = [source]
        while frontier:
            here = frontier.pop(0)
            for there in sorted(MOVES[here] - ways.keys()):
                ways[there] = (*ways[here], there)
                frontier.append(there)
    return ways[state]


async def test_job_keeps_its_id_and_its_person(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    for other in (replace(job, id="fox2"), replace(job, person=a_person("bob"))):
        with pytest.raises(ValueError, match="id and its person"):
            await store.save(other, was=job)


async def test_job_is_found_by_the_first_characters_of_its_id(store: Store) -> None:
    for identity in ("3f2a11", "3f2a12", "3f2b", "3f2b9", "zzzz9"):
        await enqueue(store, a_job(identity))
    assert (await store.find("3f2a11")).id == "3f2a11"
    assert (await store.find("3f2b")).id == "3f2b"
    assert (await store.find("3f2b9")).id == "3f2b9"
    assert (await store.find("zzzz")).id == "zzzz9"
    with pytest.raises(NotFound, match="More than one job begins with 3f2a"):
        await store.find("3f2a")


@pytest.mark.parametrize(
    "text", ["", "zzz", "3F2A", "3f2a11x", "3f2%", "____", "%", "3f2a\x00", "żółw", "\ud800abc", "𝟛𝟛𝟛𝟛", "~~~~", "x" * 5000]
)
async def test_what_is_no_jobs_id_is_not_found(store: Store, text: str) -> None:
    await enqueue(store, a_job("3f2a11"))
    with pytest.raises(NotFound) as missing:
        await store.find(text)
    assert "/history" in missing.value.advice
    assert missing.value.sentence.isprintable()


async def test_recent_jobs_come_newest_first_page_by_page(store: Store) -> None:
    for number in (2, 0, 3, 1):
        await enqueue(store, a_job(f"fox{number}", created=NOW + timedelta(minutes=number)))
    await enqueue(store, a_job("cat1", person="bob", created=NOW + timedelta(minutes=9)))
    mine = await store.recent(person=ANN, limit=2)
    assert [job.id for job in mine] == ["fox3", "fox2"]
    rest = await store.recent(person=ANN, before=mine[-1].created)
    assert [job.id for job in rest] == ["fox1", "fox0"]
    assert [job.id for job in await store.recent(limit=2)] == ["cat1", "fox3"]
    assert await store.recent(person=a_person("carl")) == []


async def test_unfinished_jobs_come_oldest_first(store: Store) -> None:
    second = await enqueue(store, a_job("fox1", created=LATER))
    first = await enqueue(store, a_job("fox2", state=State.HELD))
    over = await enqueue(store, a_job("fox3"))
    await walk(store, over, State.CANCELLED)
    assert await store.unfinished() == [first, second]


async def test_unfinished_jobs_can_be_those_that_nothing_moved_for_a_while(store: Store) -> None:
    old = await enqueue(store, a_job("fox1"))
    await enqueue(store, a_job("fox2", created=LATER))
    assert await store.unfinished(changed_before=LATER) == [old]


async def test_job_that_is_over_is_unfinished_until_its_card_says_so(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    await store.keep_post("fox1", "card", a_post(), shown=1)
    over = await walk(store, job, State.CANCELLED)
    assert await store.unfinished() == [over]
    assert await store.unfinished(changed_before=NOW) == []
    await store.keep_post("fox1", "card", a_post(), shown=over.version)
    assert await store.unfinished() == []


async def test_result_post_is_no_card(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    await store.keep_post("fox1", "result", a_post(), shown=1)
    await walk(store, job, State.CANCELLED)
    assert await store.unfinished() == []


async def test_waiting_jobs_of_a_person_come_in_the_order_they_will_run(store: Store) -> None:
    for number in range(3):
        await enqueue(store, a_job(f"fox{number}", created=NOW - timedelta(minutes=number)))
    await enqueue(store, a_job("held1", state=State.HELD))
    await enqueue(store, a_job("cat1", person="bob"))
    await walk(store, await store.find("fox1"), State.SUBMITTING)
    assert [job.id for job in await store.waiting(ANN, limit=10)] == ["fox0", "fox2"]
    assert [job.id for job in await store.waiting(ANN, limit=1)] == ["fox0"]


async def test_queue_of_a_provider_lets_the_next_person_before_the_second_job_of_the_first(store: Store) -> None:
    for number in range(3):
        await enqueue(store, a_job(f"fox{number}", created=NOW + timedelta(seconds=number)))
    await enqueue(store, a_job("cat1", person="bob", created=LATER))
    await enqueue(store, a_job("other1", provider="paintbox"))
    await enqueue(store, a_job("held1", person="carl", state=State.HELD))
    assert await store.queued("sketch", limit=10) == ["fox0", "cat1", "fox1", "fox2"]
    assert await store.queued("sketch", limit=2) == ["fox0", "cat1"]
    assert await store.queued("nobody", limit=2) == []


async def test_counts_name_every_state_that_is_not_over(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    await enqueue(store, a_job("fox2"))
    await enqueue(store, a_job("fox3", state=State.HELD))
    await walk(store, job, State.SUBMITTING, State.SUBMITTED)
    await store.record(a_job("fox4", state=State.BLOCKED), event=None)
    assert await store.counts() == {"held": 1, "queued": 1, "submitting": 0, "submitted": 1, "generated": 0, "cancelling": 0}


async def test_pace_is_the_median_of_the_last_twenty_delivered_jobs_of_the_model(store: Store) -> None:
    assert await store.pace("sketch", "sketch") is None
    # Five slow ones long ago, which no longer matter, then twenty that take 1 to 20 seconds.
    for number in range(25):
        seconds = 1000 if number < 5 else number - 4
        job = a_job(f"fox{number}", state=State.DELIVERED)
        finished = NOW + timedelta(minutes=number)
        await store.record(replace(job, started=finished - timedelta(seconds=seconds), finished=finished), event=None)
    other = replace(a_job("cat1", state=State.DELIVERED), model="other", started=NOW, finished=NOW + timedelta(seconds=500))
    failed = replace(a_job("cat2", state=State.FAILED), started=NOW, finished=NOW + timedelta(days=9))
    for each in (other, failed, a_job("cat3", state=State.DELIVERED)):
        await store.record(each, event=None)
    assert await store.pace("sketch", "sketch") == 10.5
    assert await store.pace("sketch", "other") == 500


async def test_event_that_causes_no_job_is_taken_once(store: Store) -> None:
    assert await store.take("reaction")
    assert not await store.take("reaction")
    assert await store.take("another")
    answers = await asyncio.gather(*(store.take("third") for _ in range(10)))
    assert sum(answers) == 1


async def test_posts_of_a_job_are_kept_by_key_with_the_version_they_show(store: Store) -> None:
    await enqueue(store, a_job("fox1"))
    assert await store.posts("fox1") == {}
    await store.keep_post("fox1", "card", a_post("m1"), shown=1)
    await store.keep_post("fox1", "card", a_post("m1"), shown=2)
    await store.keep_post("fox1", "result", a_post("m2", thread="m1"), shown=5)
    assert await store.posts("fox1") == {"card": (a_post("m1"), 2), "result": (a_post("m2", thread="m1"), 5)}
    await store.keep_post("fox1", "card", a_post("m9", channel="elsewhere"), shown=6)
    assert (await store.posts("fox1"))["card"] == (a_post("m9", channel="elsewhere"), 6)


async def test_post_of_a_job_that_is_not_there_is_a_fault(store: Store) -> None:
    with pytest.raises(StoreFault):
        await store.keep_post("fox1", "card", a_post(), shown=1)
    with pytest.raises(StoreFault):
        await store.mark("fox1", 1, ANN, "up", on=True)


async def test_post_leads_to_its_job_whether_or_not_the_platform_names_the_thread(store: Store) -> None:
    await enqueue(store, a_job("fox1"))
    await enqueue(store, a_job("fox2"))
    await store.keep_post("fox1", "card", a_post("m1"), shown=1)
    await store.keep_post("fox2", "result", a_post("m2", thread="m1"), shown=1)
    assert await store.job_of(a_post("m1")) == "fox1"
    assert await store.job_of(a_post("m1", thread="m1")) == "fox1"
    assert await store.job_of(a_post("m2")) == "fox2"
    assert await store.job_of(a_post("m1", channel="elsewhere")) is None
    assert await store.job_of(a_post("m3")) is None


async def test_person_is_known_by_id_and_by_name(store: Store) -> None:
    ann = Person(
        platform="slack", workspace="T1", id="U1", name="Ann Straße", roles=frozenset({Role.ADMIN, Role.MEMBER}), zone="Asia/Tokyo"
    )
    await store.meet(ann)
    assert await store.person("slack", "T1", "U1") == ann
    assert await store.person("slack", "T1", "ann STRASSE") == ann
    assert await store.person("slack", "T2", "Ann Straße") is None
    assert await store.person("discord", "T1", "U1") is None
    assert await store.person("slack", "T1", "") is None


async def test_person_is_remembered_as_last_seen(store: Store) -> None:
    await store.meet(replace(ANN, name="Ann", roles=frozenset({Role.ADMIN}), zone="Asia/Tokyo"))
    await store.meet(replace(ANN, name="Anna", roles=frozenset({Role.MEMBER}), zone=""))
    anna = replace(ANN, name="Anna", zone="Asia/Tokyo")
    assert await store.person("playground", "home", "anna") == anna
    assert await store.person("playground", "home", "Ann") is None, "that was her name before"


async def test_name_left_out_this_time_stays_as_it_was(store: Store) -> None:
    await store.meet(replace(ANN, name="Ann"))
    await store.meet(replace(ANN, name=""))
    assert await store.person("playground", "home", "ann") == replace(ANN, name="Ann")


async def test_name_that_two_people_have_names_nobody(store: Store) -> None:
    for identity in ("u1", "u2"):
        await store.meet(Person(platform="p", workspace="w", id=identity, name="Sam"))
    # Somebody whose name is another's id does not hide that other.
    await store.meet(Person(platform="p", workspace="w", id="u3", name="u1"))
    assert await store.person("p", "w", "sam") is None
    found = await store.person("p", "w", "u1")
    assert found is not None
    assert found.name == "Sam"


def a_rule(subject: str, value: str, *, slot: str = "images/day", minute: int = 0, until: datetime | None = None) -> Rule:
    created = NOW + timedelta(minutes=minute)
    return Rule(kind=RuleKind.QUOTA, subject=subject, slot=slot, value=value, by=ANN.key, created=created, until=until)


async def test_a_rule_stands_in_place_of_the_one_before_until_it_is_taken_back(store: Store) -> None:
    one, month, other = (
        a_rule("person:p:w:a", "20"),
        a_rule("person:p:w:a", "30", slot="images/month", minute=1),
        a_rule("person:p:w:b", "1"),
    )
    kept = await store.decide([one, month, other], entry=an_entry())
    assert kept.number == 1
    assert await store.rules(["person:p:w:a"]) == [month, one]
    newer = a_rule("person:p:w:a", "25", minute=2)
    changed = await store.decide([newer], entry=an_entry())
    assert changed.before == {"quota person:p:w:a images/day": "20"}
    assert changed.after == {"quota person:p:w:a images/day": "25"}
    assert await store.rules(["person:p:w:a", "person:p:w:b"]) == [newer, month, other]
    await store.decide([a_rule("person:p:w:a", "")], entry=an_entry())
    assert await store.rules(["person:p:w:a"]) == [month]
    assert await store.rules(["person:p:w:a"], (RuleKind.GRANT,)) == []
    assert await store.rules([]) == []
    assert await store.rules_of("p:w") == [month, other]


async def test_a_rule_that_ended_stands_no_more(store: Store) -> None:
    await store.decide(
        [a_rule("person:p:w:a", "20", until=NOW), a_rule("person:p:w:b", "20", until=NOW + timedelta(seconds=1))], entry=an_entry()
    )
    assert [rule.subject for rule in await store.rules(["person:p:w:a", "person:p:w:b"])] == ["person:p:w:b"]


async def test_a_decision_that_expects_something_else_changes_nothing(store: Store) -> None:
    rule = a_rule("person:p:w:a", "20")
    await store.decide([rule], entry=an_entry(), expected=[a_rule("person:p:w:a", "")])
    with pytest.raises(Overtaken):
        await store.decide([a_rule("person:p:w:a", "30")], entry=an_entry(), expected=[a_rule("person:p:w:a", "10")])
    assert await store.rules(["person:p:w:a"]) == [rule]
    assert (await store.decide([a_rule("person:p:w:a", "30")], entry=an_entry(), expected=[rule])).number == 2


async def test_marks_count_people_by_kind(store: Store) -> None:
    await enqueue(store, a_job("fox1"))
    bob = a_person("bob")
    assert await store.marks("fox1") == {}
    await store.mark("fox1", 1, ANN, "up", on=True)
    await store.mark("fox1", 1, ANN, "up", on=True)
    await store.mark("fox1", 2, ANN, "up", on=True)
    await store.mark("fox1", 1, bob, "up", on=True)
    await store.mark("fox1", 1, bob, "keep", on=True)
    assert await store.marks("fox1") == {"keep": 1, "up": 2}
    await store.mark("fox1", 1, ANN, "up", on=False)
    await store.mark("fox1", 2, ANN, "up", on=False)
    await store.mark("fox1", 2, ANN, "up", on=False)
    assert await store.marks("fox1") == {"keep": 1, "up": 1}


async def test_open_journal_answers(store: Store) -> None:
    await store.ping()


async def test_cancelled_calls_leave_the_journal_whole_and_at_work(store: Store) -> None:
    tasks: list[asyncio.Task[Job]] = []
    async with asyncio.TaskGroup() as group:
        for number in range(60):
            tasks.append(group.create_task(enqueue(store, a_job(f"fox{number}"), a_limit(1000), event=f"e{number}")))
            # Some get to start, some do not.
            await asyncio.sleep(0)
            if number % 3 == 0:
                tasks[number // 2].cancel()
    kept = {job.id for job in await store.recent(limit=100)}
    for number, task in enumerate(tasks):
        if not task.cancelled():
            assert f"fox{number}" in kept
        elif f"fox{number}" not in kept:
            await enqueue(store, a_job(f"fox{number}"), event=f"e{number}")
        else:
            assert not await store.take(f"e{number}")
    assert await images_used(store) == 60


# Keys stand in columns of their own, where PostgreSQL takes no NUL; prose stands in the document and may hold anything.
_keys = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
_moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(9999, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_seeds = st.none() | st.integers(0, 2**32 - 1)
_sides = st.integers(1, 8192)
_verdicts = st.builds(Verdict, score=_numbers)
_images = st.builds(Image, verdict=_verdicts, seed=_seeds)
_requests = st.builds(
    Request,
    ratio=st.none() | st.text(),
    size=st.none() | st.tuples(_sides, _sides),
    count=st.integers(1, 8),
    seed=_seeds,
    guidance=st.none() | _numbers,
    strength=st.none() | _numbers,
    style=st.none() | st.text(),
    sources=st.lists(st.text()).map(tuple),
    extras=st.dictionaries(st.text(), st.text(), max_size=3),
)
_jobs = st.builds(
    Job,
    id=st.just(""),
    person=st.builds(Person, platform=_keys, workspace=_keys, id=_keys),
    place=st.builds(Place, platform=_keys, workspace=_keys, channel=_keys, thread=st.none() | _keys),
    request=_requests,
    fitted=_requests,
    state=st.sampled_from([State.QUEUED, State.HELD]),
    version=st.just(1),
    priority=st.just(0),
    provider=_keys,
    model=_keys,
    verdict=_verdicts,
    parent=st.none() | st.builds(Parent, job=_keys, index=st.none() | st.integers(1, 8)),
    problem=st.none() | st.builds(Problem),
    images=st.lists(_images, max_size=3).map(tuple),
    seed=_seeds,
    cost=st.none() | st.decimals(min_value=0, max_value=10_000, places=6),
    created=_moments,
    changed=_moments,
    deadline=_moments,
    due=st.none() | _moments,
    started=st.none() | _moments,
    finished=st.none() | _moments,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(job=_jobs)
async def test_any_job_comes_back_as_it_went(store: Store, job: Job) -> None:
    # All examples share one journal, where an id is given once.
    job = replace(job, id=uuid4().hex)
    taken = await store.enqueue(job, limits=[], load=FREE, event=None)
    assert taken == replace(job, priority=taken.priority)
    assert await store.find(job.id) == taken


async def test_marked_images_come_newest_mark_first(store: Store) -> None:
    ann = a_person("ann")
    for identity in ("fox1", "fox2"):
        await enqueue(store, a_job(identity))
    await store.mark("fox1", 2, ann, "keep", on=True)
    await store.mark("fox2", 0, ann, "keep", on=True)
    await store.mark("fox2", 1, ann, "up", on=True)
    await store.mark("fox1", 1, a_person("bob"), "keep", on=True)
    assert sorted(await store.marked(ann, "keep", limit=5)) == [("fox1", 2), ("fox2", 0)]
    assert len(await store.marked(ann, "keep", limit=1)) == 1


async def test_a_lease_has_one_holder_until_it_ends_or_is_given_back(store: Store) -> None:
    soon, past = NOW + timedelta(seconds=30), NOW - timedelta(seconds=1)
    assert await store.lease("tell:fox1", holder="one", until=soon)
    assert not await store.lease("tell:fox1", holder="two", until=soon)
    assert await store.lease("tell:fox1", holder="one", until=soon)
    await store.release("tell:fox1", holder="two")
    assert not await store.lease("tell:fox1", holder="two", until=soon)
    await store.release("tell:fox1", holder="one")
    assert await store.lease("tell:fox1", holder="two", until=past)
    assert await store.lease("tell:fox1", holder="one", until=soon)


async def test_of_many_who_want_a_lease_at_once_one_gets_it(store: Store) -> None:
    wishes = [store.lease("tell:fox1", holder=f"machine {number}", until=NOW + timedelta(seconds=30)) for number in range(20)]
    assert (await asyncio.gather(*wishes)).count(True) == 1


async def test_somebody_of_another_workspace_is_found_by_id_alone(store: Store) -> None:
    stranger = replace(a_person("zoe"), workspace="away")
    await store.meet(stranger)
    found = await store.person("playground", "home", "zoe")
    assert found is not None
    assert found.key == stranger.key
    assert await store.person("playground", "home", "Zoe!") is None
    await store.meet(replace(stranger, workspace="farther"))
    assert await store.person("playground", "home", "zoe") is None
