"""Black Forest Labs' corners: each family's fields, tickets, addresses, statuses, moderation, hints, cost."""

import io
import json
from base64 import b64decode
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from adapters.calls import Reply, Source
from adapters.providers.bfl import MODELS
from adapters.providers.bfl.answers import ending, explain, ticket_of
from adapters.providers.bfl.requests import RATIOS_3, Manners, Sources, fields_of, margins, nearest
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Delivery, Finished, Inputs, Operation, Pending, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.bfl import draws, ready, recorded, stands, takes
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

SERVICE = SERVICES["bfl"]
BOAT = Source(body=png(64), width=64, height=64, media_type="image/png")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def asked(
    model: str, operation: Operation = Operation.DRAW, *, sources: int = 0, mask: bytes | None = None, **more: object
) -> dict[str, object]:
    """What is sent for a request that was fitted to a model."""
    facts = next(each for each in MODELS if each.name == model)
    said: dict[str, object] = {"operation": operation, "prompt": "a small boat", "size": (1024, 1024), "seed": 42, **more}
    fitted, _ = fit(Request(**said), facts)  # pyright: ignore[reportArgumentType] - the names are those of Request
    return fields_of(fitted, Sources(pictures=(BOAT,) * sources, mask=mask), Manners())


def test_every_model_has_its_fields() -> None:
    for model in MODELS:
        operation = next(iter(model.operations))
        fields = asked(model.name, operation, sources=1, mask=b"mask")
        assert fields["prompt"] == "a small boat", model.name
        assert ("seed" in fields) != model.seedless, model.name


def test_flux_2_says_size_and_seed_and_asks_for_a_png() -> None:
    assert asked("flux-2-pro", size=(1000, 1500)) == {
        "prompt": "a small boat",
        "width": 992,
        "height": 1504,
        "seed": 42,
        "safety_tolerance": 2,
        "output_format": "png",
    }


def test_flux_2_looks_at_several_pictures_and_at_no_more_than_it_can() -> None:
    names = [name for name in asked("flux-2-pro", Operation.EDIT, sources=9) if name.startswith("input_image")]
    assert names == ["input_image", *(f"input_image_{number}" for number in range(2, 9))]
    assert "input_image_5" not in asked("flux-2-klein-4b", Operation.EDIT, sources=9)


def test_only_flex_takes_steps_and_guidance() -> None:
    fields = asked("flux-2-flex", steps=80, guidance=4.5)
    assert (fields["steps"], fields["guidance"]) == (50, 4.5)
    assert not {"steps", "guidance"} & set(asked("flux-2-pro", steps=30, guidance=4.5))


def test_flux_3_says_nothing_that_it_does_not_know() -> None:
    fields = asked("flux-3-image", Operation.EDIT, sources=2, size=(2048, 1152))
    assert set(fields) == {"prompt", "images", "aspect_ratio", "resolution", "safety_tolerance", "grounding"}
    assert (fields["aspect_ratio"], fields["resolution"], fields["grounding"]) == ("16:9", "1.5k", False)
    assert len(fields["images"]) == 2  # pyright: ignore[reportArgumentType] - a list, as the line above saw


@pytest.mark.parametrize(("size", "tier"), [((768, 768), "768sq"), ((1024, 1024), "1k"), ((2048, 2048), "2k"), ((4096, 4096), "4k")])
def test_flux_3_draws_at_the_nearest_of_its_resolutions(size: tuple[int, int], tier: str) -> None:
    assert asked("flux-3-image", size=size)["resolution"] == tier


def test_flux_3_never_searches_the_web_unless_an_admin_says_so() -> None:
    request = Request(prompt="a", size=(1024, 1024), model="flux-3-image")
    assert fields_of(request, Sources(), Manners())["grounding"] is False
    assert fields_of(request, Sources(), Manners(grounding=True))["grounding"] is True


@pytest.mark.parametrize(("model", "most"), [("flux-3-image", 4), ("flux-2-pro", 5), ("flux-kontext-pro", 6), ("flux-pro-1.1", 6)])
def test_a_tolerance_is_kept_within_each_family(model: str, most: int) -> None:
    request = Request(prompt="a", size=(1024, 1024), model=model)
    assert fields_of(request, Sources(), Manners(tolerance=6))["safety_tolerance"] == most
    assert fields_of(request, Sources(), Manners(tolerance=0))["safety_tolerance"] == 0


def test_kontext_speaks_in_ratios() -> None:
    fields = asked("flux-kontext-pro", Operation.EDIT, sources=1, size=(1820, 1024))
    assert fields["aspect_ratio"] == "16:9"
    assert b64decode(str(fields["input_image"])) == BOAT.body
    assert "width" not in fields


def test_ultra_turns_strength_round_and_knows_one_style() -> None:
    fields = asked("flux-pro-1.1-ultra", Operation.VARY, sources=1, strength=0.8, style="RAW")
    assert (fields["image_prompt_strength"], fields["raw"]) == (0.2, True)
    assert "image_prompt_strength" not in asked("flux-pro-1.1-ultra", strength=0.8)


def test_a_variation_without_words_still_says_something() -> None:
    assert asked("flux-2-pro", Operation.VARY, sources=1, prompt="")["prompt"]
    assert asked("flux-pro-1.0-fill", Operation.INPAINT, sources=1, mask=b"m", prompt="")["prompt"] == ""


async def test_a_mask_is_sent_white_where_it_is_edited(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(1024, 1024), model="flux-pro-1.0-fill")
    await provider.submit(request, Inputs(sources=(BOAT.body,), mask=written.getvalue()), key="k")
    said = vendor.asked[0].json
    assert vendor.asked[0].path == "/v1/flux-pro-1.0-fill"
    with Image.open(io.BytesIO(b64decode(said["mask"]))) as sent:
        assert (sent.mode, sent.size) == ("L", (64, 64)), "of the picture's size"
        assert (sent.getpixel((1, 1)), sent.getpixel((62, 1))) == (255, 0)


@pytest.mark.parametrize("model", ["flux-pro-1.0-fill", "flux-pro-1.0-expand"])
async def test_nothing_is_sent_without_what_it_starts_from(vendor: Vendor, provider: ImageProvider, model: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(Request(prompt="a", size=(1024, 1024), model=model), Inputs(), key="k")
    assert (fault.value.kind, fault.value.accepted, vendor.asked) == (FaultKind.BAD_REQUEST, False, [])


@pytest.mark.parametrize(
    ("source", "target", "left_right", "top_bottom"),
    [
        ((1000, 1000), (1500, 1200), (250, 250), (100, 100)),
        ((1000, 1000), (1001, 1000), (0, 1), (0, 0)),
        ((2000, 1000), (1024, 1024), (0, 0), (500, 500)),
        ((1000, 2000), (1600, 900), (1278, 1278), (0, 0)),
        ((700, 700), (700, 700), (150, 150), (150, 150)),
        ((1400, 700), None, (300, 300), (150, 150)),
        ((256, 256), (9000, 256), (2048, 2048), (0, 0)),
    ],
)
def test_margins_put_a_picture_into_the_middle(
    source: tuple[int, int], target: tuple[int, int] | None, left_right: tuple[int, int], top_bottom: tuple[int, int]
) -> None:
    found = margins(source, target)
    assert ((found["left"], found["right"]), (found["top"], found["bottom"])) == (left_right, top_bottom)


def test_the_nearest_ratio_is_nearest_both_ways() -> None:
    assert [nearest(quotient, RATIOS_3) for quotient in (1.0, 1.78, 0.5625, 5.0, 0.1)] == ["1:1", "16:9", "9:16", "21:9", "9:21"]


async def test_a_task_is_asked_for_where_the_service_said(vendor: Vendor, provider: ImageProvider) -> None:
    vendor.on("POST", "/v1/flux-", Says(json={**recorded("taken"), "polling_url": f"{vendor.url}/region/7?id=x"}))
    vendor.on("GET", "/region/7", Says(json=recorded("pending")))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    standing = await provider.check(progress.ticket)
    assert isinstance(standing, Pending)
    assert (standing.fraction, standing.stage, standing.ticket) == (0.4, "", progress.ticket)
    assert vendor.asked[-1].headers["x-key"] == "bfl-secret"


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/v1/get_result?id=x", "http://169.254.169.254/", "https://bfl.ai.example/x", "no address"]
)
async def test_no_key_goes_to_a_polling_address_that_is_not_the_services_own(vendor: Vendor, provider: ImageProvider, url: str) -> None:
    vendor.on("POST", "/v1/flux-", Says(json={**recorded("taken"), "polling_url": url}))
    stands_at = Says(json=recorded("pending"))
    vendor.on("GET", "/v1/get_result", stands_at)
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    assert url not in progress.ticket
    assert isinstance(await provider.check(progress.ticket), Pending)
    assert vendor.asked[-1].path.endswith(recorded("taken")["id"]), "it is asked for by its id instead"


async def test_regional_hosts_are_its_own() -> None:
    plugin = plugins.load("adapters.providers", "bfl", "PLUGIN")
    settings = config.load(plugin.settings, "bfl", {"BFL_API_KEY": "k"})
    assert settings.base_url == "https://api.bfl.ai"
    async with plugin.open(settings, kit()) as provider:
        url = recorded("taken")["polling_url"]
        assert provider._own(url) == url


@pytest.mark.parametrize("ticket", ["nonesuch", "", "[]", "7", '{"id": 7}', '{"url": "https://api.bfl.ai/x"}', '{"id": ""}', "null"])
async def test_a_ticket_that_cannot_be_read_is_lost(vendor: Vendor, provider: ImageProvider, ticket: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    assert (fault.value.kind, vendor.asked) == (FaultKind.LOST, [])


def test_a_ticket_is_what_was_written() -> None:
    found = ticket_of('{"id":"a","url":"https://api.bfl.ai/x","cost":"0.03"}')
    assert (found.id, found.dollars) == ("a", Decimal("0.03"))
    assert ticket_of(str(found)) == found
    assert ticket_of('{"id":"a","cost":"much"}').dollars is None


@pytest.mark.parametrize(
    ("body", "stage"),
    [("Pending", ""), ("Reasoning", "reasoning"), ("Generating", "generating"), ("Something New", "something new"), ("", "")],
)
async def test_a_status_that_is_no_end_is_a_stage(vendor: Vendor, provider: ImageProvider, body: str, stage: str) -> None:
    stands(vendor, Says(json={**recorded("pending"), "status": body, "progress": 40}))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    standing = await provider.check(progress.ticket)
    assert isinstance(standing, Pending)
    assert (standing.stage, standing.fraction) == (stage, 0.4)


@pytest.mark.parametrize("status", [200, 422, 503])
async def test_a_failed_task_ends_whatever_the_status_around_it(vendor: Vendor, provider: ImageProvider, status: int) -> None:
    stands(vendor, Says(status=status, json=recorded("error")))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    with pytest.raises(ProviderFault) as fault:
        await provider.check(progress.ticket)
    assert fault.value.kind is FaultKind.BAD_RESULT
    assert len(vendor.heard("GET", "/v1/get_result")) == 1, "an end is not asked for again"


@pytest.mark.parametrize("says", [Says(status=404, json={"detail": "Not Found"}), Says(status=404, json=recorded("task_not_found"))])
async def test_a_task_that_is_gone_is_lost(vendor: Vendor, provider: ImageProvider, says: Says) -> None:
    stands(vendor, says)
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    with pytest.raises(ProviderFault) as fault:
        await provider.check(progress.ticket)
    assert fault.value.kind is FaultKind.LOST


@pytest.mark.parametrize("result", [None, {}, {"sample": ""}])
async def test_ready_without_a_picture_is_a_bad_result(vendor: Vendor, provider: ImageProvider, result: object) -> None:
    stands(vendor, Says(json={**recorded("ready"), "result": result}))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    with pytest.raises(ProviderFault) as fault:
        await provider.check(progress.ticket)
    assert fault.value.kind is FaultKind.BAD_RESULT


async def test_the_seed_and_the_cost_are_what_the_service_told(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(64)])
    found = ready(f"{vendor.url}/results/x.png")
    vendor.on("GET", "/v1/get_result", Says(json={**found, "result": {**found["result"], "seed": 7}}))
    vendor.on("POST", "/v1/flux-", Says(json={"id": "t", "cost": 4.5}))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    finished = await provider.check(progress.ticket)
    assert isinstance(finished, Finished)
    assert (finished.seed, finished.cost, finished.vendor_id) == (7, Decimal("0.045"), "t")


async def test_a_cost_that_was_not_told_is_not_known(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(64)])
    vendor.on("POST", "/v1/flux-", Says(json={"id": "t"}))
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    finished = await provider.check(progress.ticket if isinstance(progress, Pending) else "")
    while isinstance(finished, Pending):
        finished = await provider.check(finished.ticket)
    assert finished.cost is None


def reply(status: int, body: object) -> Reply:
    return Reply(vendor="Black Forest Labs", status=status, body=json.dumps(body).encode())


def test_a_wrong_field_is_named_without_its_value() -> None:
    fault = explain(reply(422, recorded("invalid")))
    assert isinstance(fault, ProviderFault)
    assert (fault.kind, fault.accepted) == (FaultKind.BAD_REQUEST, False)
    assert "body.width Input should be greater" in fault.sentence
    assert "boat" not in fault.sentence


@pytest.mark.parametrize("body", [None, [], {}, {"detail": None}, {"detail": [7]}, {"detail": [{"loc": 3, "msg": None}]}, {"status": 7}])
def test_an_error_of_an_odd_shape_is_still_an_error(body: object) -> None:
    fault = explain(reply(400, body))
    assert isinstance(fault, ProviderFault)
    assert fault.kind is FaultKind.BAD_REQUEST


def test_what_the_vendor_says_of_keys_and_credit_is_left_to_the_usual_reading() -> None:
    assert [explain(reply(status, {"detail": "Not authenticated"})) for status in (401, 402, 403, 429, 500, 503)] == [None] * 6


def test_a_refusal_names_the_filter_where_it_is_told() -> None:
    told = ending("Request Moderated", {"Moderation Reasons": ["Derivative Works Filter"]})
    silent = ending("Content Moderated", None)
    assert isinstance(told, Refused)
    assert isinstance(silent, Refused)
    assert (told.category, silent.category, told.source) == ("derivative works filter", "policy", "bfl")


def kit(vault: MemoryVault | None = None) -> Kit:
    async def link(key: str, **_: object) -> str:
        return key

    async def read(key: str) -> None:
        raise LookupError(key)

    return Kit(
        folder=Path(),
        now=lambda: datetime.now(UTC),
        link=link,
        read=read,  # pyright: ignore[reportArgumentType] - nothing is read here
        public_url="https://limner.example",
        vault=vault or MemoryVault(),
        webhook="https://limner.example/webhooks/bfl/unguessable",
    )


async def test_a_delivery_to_our_own_address_is_a_hint_to_look_again(vendor: Vendor, tmp_path: Path) -> None:
    async with open_service(SERVICE, vendor, tmp_path, BFL_WEBHOOKS="true") as provider:
        vendor.on("POST", "/v1/flux-", Says(json=recorded("taken_with_webhook")))
        progress = await provider.submit(SERVICE.request, Inputs(), key="k")
        assert vendor.asked[0].json["webhook_url"] == "https://limner.example/webhooks/bfl/unguessable"
        assert isinstance(progress, Pending)
        body = json.dumps(recorded("ready")).encode()
        assert await provider.receive(Delivery(body=body)) is None, "anybody could have sent that"
        notice = await provider.receive(Delivery(body=body, addressed=True))
        assert notice is not None
        assert notice.ticket == progress.ticket
        again = await provider.receive(Delivery(body=body, addressed=True))
        assert again == notice, "the same delivery has the same key, so that the journal takes it once"
        other = await provider.receive(Delivery(body=body.replace(b"Ready", b"Error"), addressed=True))
        assert other is not None
        assert other.event != notice.event
        assert await provider.receive(Delivery(body=b'{"id": "somebody else\'s"}', addressed=True)) is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"id": 7}', b"null", b'{"id": ""}', b"[" * 100_000])
async def test_an_odd_delivery_to_our_own_address_is_no_notice(provider: ImageProvider, body: bytes) -> None:
    assert await provider.receive(Delivery(body=body, addressed=True)) is None


async def test_no_webhook_is_asked_for_unless_an_admin_says_so(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    await provider.submit(SERVICE.request, Inputs(), key="k")
    assert "webhook_url" not in vendor.asked[0].json


async def test_flux_3_is_never_given_a_webhook(vendor: Vendor, tmp_path: Path) -> None:
    async with open_service(SERVICE, vendor, tmp_path, BFL_WEBHOOKS="true") as provider:
        takes(vendor)
        await provider.submit(Request(prompt="a", size=(1024, 1024), model="flux-3-image"), Inputs(), key="k")
        assert "webhook_url" not in vendor.asked[0].json


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "bfl", "PLUGIN")
    settings = config.load(plugin.settings, "bfl", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


async def test_the_doctor_tries_each_key_without_spending(vendor: Vendor) -> None:
    vendor.on("GET", "/v1/credits", Says(json={"credits": 1234.5}), Says(status=403, json={"detail": "Not authenticated"}))
    first, second, models = await examined(vendor, BFL_API_KEY="one, two")
    assert first.good
    assert "$12.35" in first.sentence or "$12.34" in first.sentence
    assert not second.good
    assert "BFL_API_KEY" in second.sentence
    assert "flux-2-pro" in models.sentence
    assert [each.method for each in vendor.asked] == ["GET", "GET"]
    assert [each.headers["x-key"] for each in vendor.asked] == ["one", "two"]


@pytest.mark.parametrize("says", [Says(json={"credits": 0}), Says(status=402, json={"detail": "no"})])
async def test_the_doctor_says_when_the_credit_is_used_up(vendor: Vendor, says: Says) -> None:
    vendor.on("GET", "/v1/credits", says)
    finding, _ = await examined(vendor)
    assert not finding.good
    assert "add some" in finding.sentence


async def test_without_a_key_it_is_off() -> None:
    plugin = plugins.load("adapters.providers", "bfl", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "bfl", {}))
    assert plugin.configured(config.load(plugin.settings, "bfl", {"BFL_API_KEY": "k"}))


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {"BOT_PROVIDERS": "bfl", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_a_picture_with_cost_and_seed(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --model flux-2-pro --seed 42")
        assert (job.provider, job.model, job.cost, job.images[0].seed) == ("bfl", "flux-2-pro", Decimal("0.03"), 42)
        shown = str((await story.results(job.id))[0].content)
        assert "$0.03" in shown
        assert "seed 42" in shown


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=recorded("pending")))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer = await story.say("imagine a small boat --model flux-2-pro")
        await story.until(answer.job, State.SUBMITTED)
    assert len(vendor.heard("POST")) == 1
    sample = f"{vendor.url}/results/x.png"
    vendor.on("GET", "/v1/get_result", Says(json=ready(sample)))
    vendor.on("GET", "/results/", Says(body=png(64), headers={"Content-Type": "image/png"}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.until(answer.job, State.DELIVERED)
        assert job.cost == Decimal("0.03"), "the ticket remembers it"
    assert len(vendor.heard("POST")) == 1


async def test_a_refused_picture_is_blocked_and_asked_of_nobody_else(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=recorded("content_moderated")))
    async with open_story(tmp_path, {**surroundings(vendor), "BOT_PROVIDERS": "bfl,sketch"}) as story:
        answer = await story.say("imagine a small boat --model bfl")
        job = await story.until(answer.job)
        assert job.state is State.BLOCKED
        assert job.problem
        assert "Black Forest Labs" in job.problem.sentence
