"""The vendor: tickets that outlive the process, a ledger that counts, and moods on demand."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.providers.sketch import PLUGIN
from adapters.providers.sketch.render import draw
from bot import config
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Finished, Inputs, Operation, Pending, Progress, Request
from tests.adapters.providers.sketch.sitters import Clock, apart, drawing, finish, opened, png, vendor

FOX = Request(prompt="a red fox in the snow", seed=42, size=(256, 256), model="sketch")


def ledger(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "ledger").read_text(encoding="utf-8").splitlines()]


async def test_the_seed_is_honoured_exactly_for_each_of_several_images(tmp_path: Path) -> None:
    async with vendor(tmp_path) as sketch:
        many = await finish(sketch, await sketch.submit(Request(prompt=FOX.prompt, seed=7, size=(256, 256), count=3), Inputs(), key="a"))
        third = await finish(sketch, await sketch.submit(Request(prompt=FOX.prompt, seed=9, size=(256, 256)), Inputs(), key="b"))
    assert many.seed == 7
    assert many.images[2] == third.images[0]
    assert apart(opened(third.images[0]), draw(drawing(seed=9))) == 0


async def test_without_a_seed_it_picks_one_and_says_which(tmp_path: Path) -> None:
    async with vendor(tmp_path) as sketch:
        drawn = await finish(sketch, await sketch.submit(Request(prompt="a pond", size=(256, 256)), Inputs(), key="a"))
        assert drawn.seed is not None
        again = await finish(sketch, await sketch.submit(Request(prompt="a pond", size=(256, 256), seed=drawn.seed), Inputs(), key="b"))
    assert drawn.images == again.images


async def test_it_says_what_it_is_and_costs_nothing(tmp_path: Path) -> None:
    async with vendor(tmp_path) as sketch:
        (model,) = sketch.models.values()
        finished = await finish(sketch, await sketch.submit(FOX, Inputs(), key="a"))
    assert "not AI" in model.about
    assert model.procedural
    assert model.price == 0 == finished.cost
    assert model.operations == frozenset(Operation)


async def test_progress_and_previews_are_shown_on_the_way(tmp_path: Path) -> None:
    clock = Clock()
    async with vendor(tmp_path, clock, SKETCH_DELAY="10") as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
        seen: list[float] = []
        now: Progress = pending
        for _ in range(9):
            clock.wait(1)
            async with asyncio.timeout(10):
                # The drawing itself may lag behind the clock on a busy machine.
                while isinstance(now := await sketch.check(pending.ticket), Pending) and (now.fraction or 0) < 0.05:
                    await asyncio.sleep(0.01)
            assert isinstance(now, Pending)
            assert now.fraction is not None
            seen.append(now.fraction)
        assert now.preview is not None
        assert max(opened(now.preview).size) <= 256
        clock.wait(1.5)
        assert (await finish(sketch, await sketch.check(pending.ticket))).images
    assert seen == sorted(seen)


async def test_a_ticket_survives_a_restart_and_keeps_its_time(tmp_path: Path) -> None:
    clock = Clock()
    async with vendor(tmp_path, clock, SKETCH_DELAY="100") as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
    clock.wait(60)
    async with vendor(tmp_path, clock, SKETCH_DELAY="100") as sketch:
        assert isinstance(await sketch.check(pending.ticket), Pending)
        clock.wait(41)
        finished = await finish(sketch, await sketch.check(pending.ticket))
    assert apart(opened(finished.images[0]), draw(drawing())) == 0
    assert len(ledger(tmp_path)) == 1


async def test_a_restart_keeps_the_pictures_that_came_along(tmp_path: Path) -> None:
    source = draw(drawing("a boat at sea"))
    request = Request(operation=Operation.UPSCALE, size=(512, 512), scale=2, seed=1, model="sketch")
    async with vendor(tmp_path, SKETCH_DELAY="0") as sketch:
        first = await sketch.submit(request, Inputs(sources=(png(source),)), key="a")
        assert isinstance(first, Pending)
    async with vendor(tmp_path) as sketch:
        finished = await finish(sketch, await sketch.check(first.ticket))
    assert opened(finished.images[0]).size == (512, 512)


async def test_the_same_key_is_one_job_and_one_line_in_the_ledger(tmp_path: Path) -> None:
    async with vendor(tmp_path) as sketch:
        tickets = await asyncio.gather(*(sketch.submit(FOX, Inputs(), key="a") for _ in range(5)))
        await sketch.submit(FOX, Inputs(), key="b")
    assert len({progress.ticket for progress in tickets if isinstance(progress, Pending)}) == 1
    assert sorted(str(line["key"]) for line in ledger(tmp_path)) == ["a", "b"]


async def test_the_ledger_holds_no_prompt(tmp_path: Path) -> None:
    async with vendor(tmp_path) as sketch:
        await sketch.submit(FOX, Inputs(), key="a")
    assert "fox" not in (tmp_path / "ledger").read_text(encoding="utf-8")


async def test_orders_older_than_a_day_are_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    async with vendor(tmp_path, clock) as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
    clock.now = clock.now.replace(year=2100)
    async with vendor(tmp_path, clock) as sketch:
        with pytest.raises(ProviderFault) as caught:
            await sketch.check(pending.ticket)
    assert caught.value.kind is FaultKind.LOST


async def test_a_cancelled_order_is_gone(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_DELAY="100") as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
        await sketch.cancel(pending.ticket)
        with pytest.raises(ProviderFault) as caught:
            await sketch.check(pending.ticket)
    assert caught.value.kind is FaultKind.LOST


async def test_a_ticket_is_no_path(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "order.json").write_text("{}", encoding="utf-8")
    async with vendor(tmp_path) as sketch:
        await sketch.cancel("..")
        with pytest.raises(ProviderFault):
            await sketch.check("..")
    assert (tmp_path / "order.json").is_file()


async def test_sync_mode_answers_with_the_picture(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_MODE="sync") as sketch:
        assert isinstance(await sketch.submit(FOX, Inputs(), key="a"), Finished)


async def test_a_dropped_sync_call_can_be_made_again(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_MODE="sync") as sketch:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(await sketch.submit(FOX, Inputs(), key="a"), Finished)


@pytest.mark.parametrize(
    ("mood", "kind", "accepted"),
    [
        ("rate_limit", FaultKind.RATE_LIMITED, False),
        ("server_error", FaultKind.UNAVAILABLE, True),
        ("timeout", FaultKind.TIMEOUT, True),
        ("credentials", FaultKind.CREDENTIALS, False),
        ("credit", FaultKind.CREDIT, False),
    ],
)
async def test_moods_are_faults_that_say_whether_the_work_was_taken(tmp_path: Path, mood: str, kind: FaultKind, *, accepted: bool) -> None:
    async with vendor(tmp_path, SKETCH_FAIL=mood) as sketch:
        with pytest.raises(ProviderFault) as caught:
            await sketch.submit(FOX, Inputs(), key="a")
    assert (caught.value.kind, caught.value.accepted) == (kind, accepted)
    assert not (tmp_path / "ledger").exists()


async def test_a_refusal_is_no_fault(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_FAIL="refuse") as sketch:
        with pytest.raises(Refused):
            await sketch.submit(FOX, Inputs(), key="a")


async def test_a_broken_image_does_not_open(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_FAIL="broken_image") as sketch:
        finished = await finish(sketch, await sketch.submit(FOX, Inputs(), key="a"))
    with pytest.raises(OSError, match="truncated"):
        opened(finished.images[0]).load()


async def test_the_first_submissions_fail_and_the_next_is_taken(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_FAIL="fail_first:2") as sketch:
        for _ in range(2):
            with pytest.raises(ProviderFault) as caught:
                await sketch.submit(FOX, Inputs(), key="a")
            assert not caught.value.accepted
        assert (await finish(sketch, await sketch.submit(FOX, Inputs(), key="a"))).images


async def test_a_flaky_vendor_fails_about_as_often_as_told(tmp_path: Path) -> None:
    failed = 0
    async with vendor(tmp_path, SKETCH_FAIL="flaky:0.3", SKETCH_DELAY="1000") as sketch:
        for i in range(60):
            try:
                pending = await sketch.submit(FOX, Inputs(), key=f"job-{i}")
                assert isinstance(pending, Pending)
                await sketch.cancel(pending.ticket)
            except ProviderFault:
                failed += 1
    assert 6 < failed < 32


async def test_a_lost_order_is_taken_paid_and_forgotten(tmp_path: Path) -> None:
    async with vendor(tmp_path, SKETCH_FAIL="lost:1") as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
        with pytest.raises(ProviderFault) as caught:
            await sketch.check(pending.ticket)
    assert caught.value.kind is FaultKind.LOST
    assert len(ledger(tmp_path)) == 1


async def test_a_stuck_order_never_ends(tmp_path: Path) -> None:
    clock = Clock()
    async with vendor(tmp_path, clock, SKETCH_FAIL="stuck") as sketch:
        pending = await sketch.submit(FOX, Inputs(), key="a")
        assert isinstance(pending, Pending)
        clock.wait(10_000)
        assert isinstance(await sketch.check(pending.ticket), Pending)


@pytest.mark.parametrize("inputs", [Inputs(), Inputs(sources=(b"no picture",)), Inputs(sources=(b"",))])
@pytest.mark.parametrize("operation", [Operation.VARY, Operation.INPAINT, Operation.UPSCALE, Operation.REMOVE_BACKGROUND])
async def test_a_source_it_cannot_work_with_is_a_bad_request(tmp_path: Path, operation: Operation, inputs: Inputs) -> None:
    async with vendor(tmp_path) as sketch:
        with pytest.raises(ProviderFault) as caught:
            await finish(sketch, await sketch.submit(Request(operation=operation, size=(256, 256), seed=1), inputs, key="a"))
    assert caught.value.kind is FaultKind.BAD_REQUEST


@pytest.mark.parametrize("operation", list(Operation))
async def test_every_operation_gives_a_picture(tmp_path: Path, operation: Operation) -> None:
    source, mask = draw(drawing("a boat at sea")), draw(drawing("abstract")).convert("L")
    async with vendor(tmp_path) as sketch:
        request = Request(operation=operation, prompt="a boat at sea", size=(256, 256), seed=1, scale=2)
        finished = await finish(sketch, await sketch.submit(request, Inputs(sources=(png(source),), mask=png(mask)), key="a"))
    picture = opened(finished.images[0])
    assert picture.mode == ("RGBA" if operation is Operation.REMOVE_BACKGROUND else "RGB")
    assert picture.size == ((512, 512) if operation is Operation.UPSCALE else (256, 256))


@pytest.mark.parametrize("text", ["nonsense", "flaky", "fail_first", "rate_limit:often", "server_error:1:2"])
def test_a_mood_that_does_not_exist_is_named_with_those_that_do(text: str) -> None:
    with pytest.raises(SettingFault, match="SKETCH_FAIL"):
        config.load(PLUGIN.settings, "sketch", {"SKETCH_FAIL": text})


async def test_a_folder_it_cannot_write_is_a_fault_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    async with vendor(tmp_path, SKETCH_STATE=str(tmp_path / "file" / "under")) as sketch:
        with pytest.raises(ProviderFault, match="SKETCH_STATE"):
            await sketch.submit(FOX, Inputs(), key="a")


def test_the_plugin_imports_without_numpy_and_pillow() -> None:
    script = "import sys; import adapters.providers.sketch; print(sorted({'numpy', 'PIL'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter with our own words
    assert done.stdout.strip() == "[]"
