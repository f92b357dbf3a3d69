"""ComfyUI's corners: ids, the queue, the websocket, uploads, cancelling, what is lost, and the stories."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.calls import Reply
from adapters.providers.comfyui.answers import entry_of, explain, files_of, over, ticket_of, turn_of
from adapters.providers.comfyui.listening import Ears
from adapters.providers.comfyui.provider import id_of, seed_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, SettingFault
from bot.model import Finished, Inputs, Operation, Pending, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from tests.adapters.providers.comfy import Comfy, open_comfy, preview, preview_of, recorded
from tests.bench.easel import png
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

CHECKPOINT = "sd_xl_base_1.0.safetensors"
MODEL = "sd_xl_base_1.0"
BOAT = png(64)
REQUEST = Request(prompt="a small boat", size=(1024, 768), seed=42, model=MODEL)
KEY = "7kq2mw9x-1"


@pytest.fixture
async def comfy() -> AsyncGenerator[Comfy]:
    async with open_comfy() as opened:
        opened.picture = BOAT
        yield opened


@pytest.fixture
async def provider(comfy: Comfy) -> AsyncGenerator[ImageProvider]:
    async with opened_at(comfy.url) as opened:
        yield opened


def kit() -> Kit:
    async def nothing(*_: object, **__: object) -> Any:
        raise LookupError

    return Kit(folder=Path(), now=lambda: datetime.now(UTC), link=nothing, read=nothing, public_url="", vault=MemoryVault())


def opened_at(url: str, **more: str) -> AbstractAsyncContextManager[ImageProvider]:
    plugin = plugins.load("adapters.providers", "comfyui", "PLUGIN")
    said = {"COMFYUI_BASE_URL": url, "COMFYUI_CHECKPOINT": CHECKPOINT, **more}
    return plugin.open(config.load(plugin.settings, "comfyui", said), kit())


async def ordered(provider: ImageProvider, request: Request = REQUEST, inputs: Inputs | None = None, *, key: str = KEY) -> Pending:
    progress = await provider.submit(request, inputs or Inputs(), key=key)
    assert isinstance(progress, Pending)
    return progress


async def looked(provider: ImageProvider, ticket: str) -> Pending:
    progress = await provider.check(ticket)
    assert isinstance(progress, Pending)
    return progress


async def fault_of(provider: ImageProvider, ticket: str) -> ProviderFault:
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    return fault.value


async def test_an_order_carries_an_id_of_ours_and_a_file_that_no_other_writes(comfy: Comfy, provider: ImageProvider) -> None:
    await ordered(provider)
    job = id_of(KEY)
    assert comfy.job() == job
    graph = comfy.graph()
    assert graph["sampler"]["inputs"]["seed"] == 42
    assert graph["positive"]["inputs"]["text"] == "a small boat"
    assert (graph["empty"]["inputs"]["width"], graph["empty"]["inputs"]["height"]) == (1024, 768)
    assert graph["checkpoint"]["inputs"]["ckpt_name"] == CHECKPOINT
    assert graph["save"]["inputs"]["filename_prefix"] == f"limner/{job}"


async def test_the_same_picture_twice_is_written_twice_and_not_answered_from_the_cache(comfy: Comfy, provider: ImageProvider) -> None:
    await ordered(provider)
    await ordered(provider, key="other-1")
    first, second = comfy.graph(0), comfy.graph(1)
    assert first["sampler"] == second["sampler"]
    assert first["save"] != second["save"]


async def test_the_same_key_is_the_same_job_while_it_waits_while_it_runs_and_when_it_is_over(comfy: Comfy, provider: ImageProvider) -> None:
    first = await ordered(provider)
    assert await ordered(provider) == first
    comfy.begin(comfy.job())
    assert await ordered(provider) == first
    comfy.end(comfy.job())
    again = await ordered(provider)
    assert again.ticket == first.ticket
    assert len(comfy.orders) == 1
    assert isinstance(await provider.check(again.ticket), Finished)


async def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again(comfy: Comfy, provider: ImageProvider) -> None:
    comfy.breaks = True
    pending = await ordered(provider)
    assert ticket_of(pending.ticket).id == comfy.job()
    assert len(comfy.orders) == 1


async def test_an_order_without_a_seed_has_one_that_its_key_tells(comfy: Comfy, provider: ImageProvider) -> None:
    comfy.at_once = True
    request = Request(prompt="a small boat", size=(512, 512), model=MODEL)
    finished = await provider.check((await ordered(provider, request)).ticket)
    assert isinstance(finished, Finished)
    assert finished.seed == seed_of(KEY) == comfy.graph()["sampler"]["inputs"]["seed"]
    assert 0 <= seed_of(KEY) < 2**32


async def test_a_server_that_gives_an_id_of_its_own_is_asked_for_that() -> None:
    async with open_vendor() as vendor, opened_at(vendor.url) as provider:
        vendor.on("GET", "/queue", Says(json=recorded("queue")))
        vendor.on("GET", "/history/", Says(json={}))
        vendor.on("POST", "/prompt", Says(json={**recorded("taken"), "prompt_id": "theirs"}))
        assert ticket_of((await ordered(provider)).ticket).id == "theirs"


async def test_where_it_is_in_the_queue_is_said(comfy: Comfy, provider: ImageProvider) -> None:
    tickets = [(await ordered(provider, key=f"job{number}-1")).ticket for number in range(3)]
    comfy.begin(comfy.job(0))
    stages = [(await looked(provider, ticket)).stage for ticket in tickets]
    assert stages == ["", "waiting at ComfyUI, 1 before it", "waiting at ComfyUI, 2 before it"]


async def test_progress_and_previews_come_over_the_websocket(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    job = comfy.job()
    await eventually(lambda: _true(comfy.flags))
    assert comfy.flags == [{"type": "feature_flags", "data": {"supports_preview_metadata": True}}]
    comfy.begin(job)
    await comfy.tell(job, "execution_start")
    await comfy.tell(job, "executing", node="sampler")
    await comfy.tell(job, "progress", value=5, max=20, node="sampler")
    await comfy.send(job, preview_of(job, b"newer"))
    seen = await eventually(lambda: _previewed(provider, pending.ticket))
    assert (seen.fraction, seen.preview) == (0.25, b"newer")
    assert (await looked(provider, pending.ticket)).preview is None, "a preview is given once"
    await comfy.send(job, preview(b"older"))
    assert (await eventually(lambda: _previewed(provider, pending.ticket))).preview == b"older"


async def test_without_a_websocket_the_history_is_enough() -> None:
    async with open_vendor() as vendor, opened_at(vendor.url) as provider:
        vendor.on("POST", "/prompt", Says(json={**recorded("taken"), "prompt_id": id_of(KEY)}))
        vendor.on("GET", "/queue", Says(json=recorded("queue")))
        vendor.on("GET", "/history/", Says(json={}), Says(json={id_of(KEY): recorded("history")}))
        vendor.on("GET", "/view", Says(body=BOAT))
        pending = await ordered(provider)
        await eventually(lambda: _true(vendor.heard("GET", "/ws")))
        finished = await provider.check(pending.ticket)
        assert isinstance(finished, Finished)
        assert finished.images == (BOAT,)


async def test_another_process_finds_a_job_by_its_ticket_alone(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.end(comfy.job())
    async with opened_at(comfy.url) as other:
        finished = await other.check(pending.ticket)
    assert isinstance(finished, Finished)
    assert (finished.seed, finished.vendor_id) == (42, comfy.job())
    assert comfy.viewed == [{"filename": "boat_00001_.png", "subfolder": "limner", "type": "output"}]


@pytest.mark.parametrize(
    "message", ["", "[]", "null", '{"type": 7}', '{"type": "progress", "data": 3}', b"", b"\0" * 7, b"\0" * 9, b"\xff" * 12]
)
def test_a_message_of_any_shape_breaks_nothing(message: str | bytes) -> None:
    ears = Ears(address="http://127.0.0.1:1", client="c", headers={})
    ears.follow("job", {})
    ears.take(message)
    assert ears.heard("job").preview is None


def test_what_is_told_of_other_peoples_jobs_is_not_heard() -> None:
    ears = Ears(address="http://127.0.0.1:1", client="c", headers={})
    ears.follow("ours", {"7": "Draw it"})
    ears.take(json.dumps({"type": "progress", "data": {"prompt_id": "theirs", "value": 1, "max": 2}}))
    ears.take(preview_of("theirs", b"theirs"))
    assert ears.heard("ours").at_work is False
    ears.take(json.dumps({"type": "executing", "data": {"prompt_id": "ours", "node": "7"}}))
    ears.take(json.dumps({"type": "progress", "data": {"prompt_id": "ours", "value": 1, "max": 0}}))
    heard = ears.heard("ours")
    assert (heard.stage, heard.fraction, heard.preview) == ("Draw it", None, None)


def test_ears_do_not_grow_without_end() -> None:
    ears = Ears(address="https://comfy.example/base", client="c", headers={})
    for number in range(1500):
        ears.follow(f"job {number}", {})
    ears.take(json.dumps({"type": "execution_start", "data": {"prompt_id": "job 0"}}))
    ears.take(json.dumps({"type": "execution_start", "data": {"prompt_id": "job 1499"}}))
    assert (ears.heard("job 0").at_work, ears.heard("job 1499").at_work) == (False, True)
    assert ears.url == "wss://comfy.example/base/ws?clientId=c"


async def test_a_source_goes_there_first_and_is_named_as_it_was_kept(comfy: Comfy, provider: ImageProvider) -> None:
    request = Request(operation=Operation.EDIT, prompt="night", size=(512, 512), strength=0.4, seed=1, model=MODEL)
    await ordered(provider, request, Inputs(sources=(BOAT,)))
    ((name, content),) = comfy.uploads
    assert content == BOAT
    assert name.endswith(".png")
    graph = comfy.graph()
    assert graph["source"]["inputs"]["image"] == "limner/kept-1.png"
    assert graph["sampler"]["inputs"]["denoise"] == 0.4
    assert graph["sampler"]["inputs"]["latent_image"] == ["encoded", 0]


async def test_a_mask_is_right_for_every_node_that_reads_one(comfy: Comfy, provider: ImageProvider) -> None:
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(512, 512), seed=1, model=MODEL)
    await ordered(provider, request, Inputs(sources=(BOAT,), mask=written.getvalue()))
    assert comfy.graph()["mask"] == {"class_type": "LoadImageMask", "inputs": {"image": "limner/kept-2.png", "channel": "red"}}
    with Image.open(io.BytesIO(comfy.uploads[1][1])) as sent:
        assert (sent.mode, sent.size) == ("RGBA", (64, 64)), "of the picture's size"
        assert [sent.getpixel((1, 1)), sent.getpixel((62, 1))] == [(255, 255, 255, 0), (0, 0, 0, 255)]


async def test_an_upload_that_failed_ordered_nothing() -> None:
    async with open_vendor() as vendor, opened_at(vendor.url) as provider:
        vendor.on("GET", "/queue", Says(json=recorded("queue")))
        vendor.on("GET", "/history/", Says(json={}))
        vendor.on("POST", "/upload/image", Says(status=500))
        request = Request(operation=Operation.EDIT, prompt="night", size=(512, 512), model=MODEL)
        with pytest.raises(ProviderFault) as fault:
            await provider.submit(request, Inputs(sources=(BOAT,)), key=KEY)
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.UNAVAILABLE, False)
        assert vendor.heard("POST", "/prompt") == []


@pytest.mark.parametrize(
    ("request_", "inputs"),
    [
        (Request(operation=Operation.EDIT, prompt="a", model=MODEL), Inputs()),
        (Request(operation=Operation.INPAINT, prompt="a", model=MODEL), Inputs(sources=(BOAT,))),
        (Request(operation=Operation.UPSCALE, model=MODEL), Inputs(sources=(BOAT,))),
        (Request(prompt="a", model="nonesuch"), Inputs()),
    ],
)
async def test_nothing_is_sent_that_cannot_be_drawn(comfy: Comfy, provider: ImageProvider, request_: Request, inputs: Inputs) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(request_, inputs, key=KEY)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
    assert comfy.orders == comfy.uploads == []


async def test_a_job_that_waits_is_taken_out_of_the_queue(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    await provider.cancel(pending.ticket)
    assert (comfy.pending, comfy.interrupts) == ([], [])


async def test_a_job_that_runs_is_stopped_by_its_name(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.begin(comfy.job())
    await provider.cancel(pending.ticket)
    assert comfy.interrupts == [{"prompt_id": comfy.job()}]


async def test_somebody_elses_job_is_never_stopped(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.running = ["theirs"]
    await provider.cancel(pending.ticket)
    comfy.end(comfy.job())
    await provider.cancel(pending.ticket)
    await provider.cancel("nonesuch")
    assert (comfy.running, comfy.interrupts) == (["theirs"], [])


async def test_a_job_that_a_restart_of_the_server_swept_away_is_lost_at_once(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.restart()
    assert (await fault_of(provider, pending.ticket)).kind is FaultKind.LOST


async def test_a_job_that_ends_between_two_questions_is_not_lost() -> None:
    async with open_vendor() as vendor, opened_at(vendor.url) as provider:
        vendor.on("GET", "/queue", Says(json=recorded("queue")))
        vendor.on("GET", "/history/", Says(json={}), Says(json={"x": recorded("history")}))
        vendor.on("GET", "/view", Says(body=BOAT))
        assert isinstance(await provider.check('{"id": "x"}'), Finished)


async def test_a_failure_says_where_and_never_what_was_asked_for(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.end(comfy.job(), "failed")
    fault = await fault_of(provider, pending.ticket)
    assert fault.kind is FaultKind.BAD_RESULT
    assert fault.sentence == "KSampler failed at ComfyUI (RuntimeError)."


async def test_a_job_that_somebody_stopped_there_says_so(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.end(comfy.job(), "interrupted")
    assert "stopped" in (await fault_of(provider, pending.ticket)).sentence


async def test_a_picture_that_is_gone_is_a_bad_result(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.end(comfy.job())
    comfy.picture = b""
    assert (await fault_of(provider, pending.ticket)).kind is FaultKind.BAD_RESULT


async def test_an_end_without_a_picture_of_ours_is_a_bad_result(comfy: Comfy, provider: ImageProvider) -> None:
    pending = await ordered(provider)
    comfy.end(comfy.job(), outputs={"cached": {"images": [{"filename": "old.png"}]}})
    assert (await fault_of(provider, pending.ticket)).kind is FaultKind.BAD_RESULT
    assert comfy.viewed == []


def reply(data: object, status: int = 200) -> Reply:
    return Reply(vendor="ComfyUI", status=status, body=json.dumps(data).encode())


def failed(**facts: str) -> dict[str, Any]:
    return {"status": {"status_str": "error", "messages": [["odd"], 7, ["execution_error", {"node_type": "VAEDecode", **facts}]]}}


@pytest.mark.parametrize("kind", ["torch.OutOfMemoryError", "torch.cuda.OutOfMemoryError"])
def test_too_little_memory_says_what_helps(kind: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        over(failed(exception_type=kind, exception_message="Allocation on device"))
    assert (fault.value.kind, fault.value.advice) == (FaultKind.BAD_REQUEST, "Ask for a smaller picture.")


@pytest.mark.parametrize(
    ("entry", "ended"),
    [
        (recorded("history"), True),
        ({"outputs": {"9": {}}}, True),
        ({"outputs": {}}, False),
        ({"status": {"status_str": "dreaming", "completed": True}, "outputs": {"9": {}}}, False),
        ({"status": None, "outputs": None}, False),
        ({"status": {"completed": True}}, True),
    ],
)
def test_only_what_is_known_to_be_an_end_is_one(entry: Mapping[str, Any], ended: bool) -> None:
    assert over(entry) is ended


@pytest.mark.parametrize("data", [{}, {"queue_running": None}, {"queue_running": [7, [], ["x"], [1, 2]], "queue_pending": {}}])
def test_a_queue_of_any_shape_holds_nothing_that_is_not_there(data: object) -> None:
    assert turn_of(reply(data), "job") is None


def test_a_history_of_any_shape_is_read() -> None:
    assert entry_of(reply({"job": None}), "job") is None
    assert entry_of(reply({"job": []}), "job") is None
    with pytest.raises(ProviderFault):
        entry_of(reply([]), "job")
    odd = {"outputs": {"9": {"images": [None, {"filename": 7}, {"filename": "a.png"}]}, "3": "x"}}
    assert [file.filename for file in files_of(odd, [])] == ["a.png"]


@pytest.mark.parametrize("ticket", ["", "nonesuch", "[]", "7", "null", '{"id": ""}', '{"seed": 7}', '{"id": "x", "outputs": 3}'])
def test_a_ticket_that_cannot_be_read_is_lost(ticket: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        ticket_of(ticket)
    assert fault.value.kind is FaultKind.LOST


def test_what_is_not_installed_is_named_and_not_what_was_asked_for() -> None:
    fault = explain(reply(recorded("invalid"), 400))
    assert isinstance(fault, ProviderFault)
    assert fault.sentence == "ComfyUI does not take the workflow: CheckpointLoaderSimple.ckpt_name: value_not_in_list."
    assert "COMFYUI_CHECKPOINT" in fault.advice
    assert (fault.kind, fault.accepted) == (FaultKind.BAD_REQUEST, False)
    missing = explain(reply(recorded("missing_node"), 400))
    assert isinstance(missing, ProviderFault)
    assert "Magic does not exist" in missing.sentence
    other = explain(reply({"error": {"type": "odd", "message": "a small boat"}, "node_errors": [1]}, 400))
    assert isinstance(other, ProviderFault)
    assert "boat" not in other.sentence


@pytest.mark.parametrize("data", ["no", [], {"error": "no"}, {"error": None, "node_errors": {"3": None, "4": {"errors": [3]}}}])
def test_an_error_of_any_shape_is_read(data: object) -> None:
    assert isinstance(explain(reply(data, 400)), ProviderFault)


async def test_user_and_password_go_with_every_call_and_to_the_websocket(comfy: Comfy) -> None:
    async with opened_at(comfy.url, COMFYUI_AUTH="ada:a,b") as provider:
        await ordered(provider)
        await eventually(lambda: _true(comfy.flags))
    assert set(comfy.headers) == {"Basic YWRhOmEsYg=="}


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "comfyui", "PLUGIN")
    settings = config.load(plugin.settings, "comfyui", {"COMFYUI_BASE_URL": vendor.url, "COMFYUI_CHECKPOINT": CHECKPOINT, **more})
    return [finding async for finding in plugin.examine(settings, kit())]


def knows(vendor: Vendor, name: str = "object_info") -> None:
    vendor.on("GET", "/system_stats", Says(json={"system": {"comfyui_version": "0.3.60"}, "devices": []}))
    kinds = ("CLIPTextEncode", "KSampler", "VAEDecode", "VAEEncode", "EmptyLatentImage", "SaveImage", "LoadImage", "LoadImageMask")
    for kind in (*kinds, "ImageScale", "SetLatentNoiseMask", "ImageCompositeMasked"):
        vendor.on("GET", f"/object_info/{kind}$", Says(json={kind: {"input": {}}}))
    vendor.on("GET", "/object_info/CheckpointLoaderSimple", Says(json={"CheckpointLoaderSimple": recorded(name)}))


@pytest.mark.parametrize("name", ["object_info", "object_info_newer"])
async def test_the_doctor_sees_that_nodes_and_files_are_there(name: str) -> None:
    async with open_vendor() as vendor:
        knows(vendor, name)
        (finding,) = await examined(vendor)
        assert finding.good
        assert "0.3.60" in finding.sentence
        assert {each.method for each in vendor.asked} == {"GET"}


@pytest.mark.parametrize("name", ["object_info", "object_info_newer"])
async def test_the_doctor_names_what_is_not_there(name: str) -> None:
    async with open_vendor() as vendor:
        knows(vendor, name)
        vendor.on("GET", "/object_info/VAEDecode$", Says(json={}))
        findings = await examined(vendor, COMFYUI_CHECKPOINT="gone.safetensors")
        assert not any(finding.good for finding in findings)
        said = " ".join(finding.sentence for finding in findings)
        assert "gone.safetensors" in said
        assert CHECKPOINT in said
        assert "no node VAEDecode" in said


async def test_the_doctor_says_when_nobody_answers() -> None:
    async with open_vendor() as gone:
        pass
    (finding,) = await examined(gone)
    assert not finding.good


async def test_without_an_address_it_is_off_and_without_a_workflow_it_says_what_to_set(comfy: Comfy) -> None:
    plugin = plugins.load("adapters.providers", "comfyui", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "comfyui", {"COMFYUI_CHECKPOINT": CHECKPOINT}))
    assert plugin.configured(config.load(plugin.settings, "comfyui", {"COMFYUI_BASE_URL": comfy.url}))
    with pytest.raises(SettingFault, match="COMFYUI_CHECKPOINT"):
        async with opened_at(comfy.url, COMFYUI_CHECKPOINT=""):
            pass


async def _true(found: object) -> bool:
    return bool(found)


async def _previewed(provider: ImageProvider, ticket: str) -> Pending | None:
    seen = await looked(provider, ticket)
    return seen if seen.preview else None


def surroundings(comfy: Comfy) -> dict[str, str]:
    return {"BOT_PROVIDERS": "comfyui", "COMFYUI_BASE_URL": comfy.url, "COMFYUI_CHECKPOINT": CHECKPOINT}


async def test_a_story_from_words_to_pictures_with_seeds_of_their_own(comfy: Comfy, tmp_path: Path) -> None:
    comfy.at_once = True
    async with open_story(tmp_path, surroundings(comfy)) as story:
        job = await story.drawn("imagine a small boat --seed 42 --count 2 --no fog")
        assert (job.provider, job.model, job.cost or 0) == ("comfyui", MODEL, 0)
        assert [image.seed for image in job.images] == [42, 43]
        assert "seed 42" in str((await story.results(job.id))[0].content)
    assert sorted(order["prompt"]["sampler"]["inputs"]["seed"] for order in comfy.orders) == [42, 43]
    assert comfy.graph()["negative"]["inputs"]["text"] == "fog"


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(comfy: Comfy, tmp_path: Path) -> None:
    async with open_story(tmp_path, surroundings(comfy)) as story:
        answer = await story.say("imagine a small boat --seed 42")
        await story.until(answer.job, State.SUBMITTED)
    comfy.end(comfy.job())
    async with open_story(tmp_path, surroundings(comfy)) as story:
        job = await story.until(answer.job, State.DELIVERED)
        assert job.images[0].seed == 42
    assert len(comfy.orders) == 1


async def test_a_crash_between_the_order_and_its_answer_orders_nothing_again(comfy: Comfy, tmp_path: Path) -> None:
    async with open_story(tmp_path, surroundings(comfy), working=False) as story:
        answer = await story.say("imagine a small boat --seed 42")
        begun = await story.app.store.begin(await story.app.store.find(answer.job), running=3, now=datetime.now(UTC))
        assert begun is not None
        # The order went out, and the process died before it could write down the answer.
        async with opened_at(comfy.url) as provider:
            await provider.submit(begun.fitted, Inputs(), key=f"{begun.id}-{begun.attempts}")
    comfy.end(comfy.job())
    async with open_story(tmp_path, surroundings(comfy)) as story:
        await story.until(answer.job, State.DELIVERED)
    assert len(comfy.orders) == 1


async def test_a_cancelled_job_leaves_the_queue(comfy: Comfy, tmp_path: Path) -> None:
    async with open_story(tmp_path, surroundings(comfy)) as story:
        answer = await story.say("imagine a small boat")
        await story.until(answer.job, State.SUBMITTED)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)

        async def left() -> bool:
            return comfy.pending == []

        assert await eventually(left)


async def test_many_orders_at_once_are_as_many_jobs(comfy: Comfy, provider: ImageProvider) -> None:
    comfy.at_once = True
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(ordered(provider, key=f"job{number}-1"))
    assert len({order["prompt_id"] for order in comfy.orders}) == 20


async def test_the_card_shows_the_picture_while_it_is_drawn(comfy: Comfy, tmp_path: Path) -> None:
    async with open_story(tmp_path, surroundings(comfy)) as story:
        answer = await story.say("imagine a small boat")
        await eventually(lambda: _true(comfy.flags and comfy.orders))
        job = comfy.job()
        comfy.begin(job)
        await comfy.tell(job, "executing", node="sampler")
        await comfy.tell(job, "progress", value=8, max=20, node="sampler")
        await comfy.send(job, preview_of(job, png(64)))

        async def told() -> Mapping[str, Any] | None:
            if "card" not in await story.app.store.posts(answer.job):
                return None
            card = await story.card(answer.job)
            return card if card.get("pictures") else None

        assert "40" in str(await eventually(told))
        comfy.end(job)
        await story.until(answer.job, State.DELIVERED)
