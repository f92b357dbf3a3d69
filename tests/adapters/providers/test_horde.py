"""AI Horde's corners: fields, negatives, seeds, masks, standing, moderation, accounts, models by name, hints, the doctor."""

import io
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.calls import Reply
from adapters.providers.horde import MODELS, Settings
from adapters.providers.horde.answers import STANDING, Standing, ending, explain
from adapters.providers.horde.models import models_of, recipes_of
from adapters.providers.horde.requests import Manners, fields_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Delivery, Finished, Inputs, Operation, Pending, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import RECORDED, SERVICES, open_service
from tests.contracts.services.horde import CHECK, ORDER, STATUS, drawn, draws, ends, recorded, stands, takes
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

SERVICE = SERVICES["horde"]
JOB = recorded("taken")["id"]
BODY = (RECORDED / "horde" / "delivery.json").read_bytes()
HOOK = "https://limner.example/webhooks/horde/unguessable"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def asked(model: str, operation: Operation = Operation.DRAW, *, settings: Settings | None = None, **more: Any) -> Any:
    """What is sent for a request that was fitted to a model, with a source and a mask at hand."""
    settings = settings or Settings.model_construct()
    said: dict[str, Any] = {"operation": operation, "prompt": "a small boat", "size": (1024, 1024), "seed": 42, **more}
    fitted, _ = fit(Request(**said), models_of(settings)[model])
    manners = Manners(recipes=recipes_of(settings), sampler=settings.sampler)
    source = None if operation is Operation.DRAW else b"source"
    return fields_of(fitted, manners, source=source, mask=b"mask" if operation is Operation.INPAINT else None)


def test_a_drawing_says_all_that_it_means_and_a_seed_is_a_text() -> None:
    assert asked("albedobase-xl") == {
        "prompt": "a small boat",
        "params": {"n": 1, "width": 1024, "height": 1024, "seed": "42"},
        "models": ["AlbedoBase XL (SDXL)"],
        "nsfw": False,
        "censor_nsfw": True,
        "trusted_workers": False,
        "slow_workers": True,
        "replacement_filter": False,
        "allow_downgrade": False,
        "shared": False,
        "r2": True,
    }


def test_sides_come_in_steps_of_64() -> None:
    params = asked("deliberate", size=(700, 500))["params"]
    assert (params["width"], params["height"]) == (704, 512)


def test_small_models_draw_small_pictures_unless_they_are_told_a_size() -> None:
    small = asked("deliberate", size=None, ratio="1:1")["params"]
    large = asked("albedobase-xl", size=None, ratio="1:1")["params"]
    assert (small["width"], large["width"]) == (512, 1024)


def test_what_is_not_wanted_stands_behind_three_marks() -> None:
    assert asked("deliberate", negative="fog")["prompt"] == "a small boat ### fog"


@pytest.mark.parametrize(
    ("prompt", "negative", "sent"),
    [
        ("a boat ### a whale", "", "a boat ## a whale"),
        ("a boat #####", "fog ### rain", "a boat ## ### fog ## rain"),
        ("#1 of a ## row", "", "#1 of a ## row"),
    ],
)
def test_nobody_can_part_a_prompt_by_marks_of_their_own(prompt: str, negative: str, sent: str) -> None:
    assert asked("deliberate", prompt=prompt, negative=negative)["prompt"] == sent


def test_steps_and_guidance_are_sent_and_guidance_has_two_decimals() -> None:
    params = asked("deliberate", steps=700, guidance=7.12345)["params"]
    assert (params["steps"], params["cfg_scale"]) == (500, 7.12)
    assert not {"steps", "cfg_scale", "sampler_name"} & set(asked("deliberate")["params"])


def test_flux_is_asked_as_it_was_made() -> None:
    fields = asked("flux-schnell", guidance=9.0, negative="fog")
    assert fields["params"] == {
        "n": 1,
        "width": 1024,
        "height": 1024,
        "seed": "42",
        "steps": 4,
        "cfg_scale": 1.0,
        "sampler_name": "k_euler",
    }
    assert fields["prompt"] == "a small boat", "fitting says that it has no negative prompt"
    assert fields["models"] == ["Flux.1-Schnell fp8 (Compact)"]


def test_a_sampler_of_the_settings_counts_where_the_model_has_none_of_its_own() -> None:
    settings = Settings.model_construct(sampler="k_dpmpp_2m")
    assert asked("deliberate", settings=settings)["params"]["sampler_name"] == "k_dpmpp_2m"
    assert asked("flux-schnell", settings=settings)["params"]["sampler_name"] == "k_euler"


@pytest.mark.parametrize(
    ("operation", "strength", "sent"),
    [
        (Operation.EDIT, 0.333, 0.33),
        (Operation.VARY, 0.0, 0.01),
        (Operation.INPAINT, 0.9, 0.9),
        (Operation.INPAINT, None, None),
        (Operation.DRAW, 0.5, None),
    ],
)
def test_strength_is_how_far_to_go_from_the_picture(operation: Operation, strength: float | None, sent: float | None) -> None:
    assert asked("deliberate", operation, strength=strength)["params"].get("denoising_strength") == sent


def test_each_operation_sends_what_it_starts_from_and_nothing_else() -> None:
    edit, inpaint = asked("deliberate", Operation.EDIT), asked("deliberate", Operation.INPAINT)
    assert (b64decode(edit["source_image"]), edit["source_processing"]) == (b"source", "img2img")
    assert "source_mask" not in edit
    assert (b64decode(inpaint["source_mask"]), inpaint["source_processing"]) == (b"mask", "inpainting")
    assert not any(name.startswith("source") for name in asked("deliberate"))


def test_a_variation_without_words_still_says_something() -> None:
    assert asked("deliberate", Operation.VARY, prompt=" ", negative="fog")["prompt"] == "a picture close to this one ### fog"


@pytest.mark.parametrize(("operation", "inputs"), [(Operation.EDIT, Inputs()), (Operation.INPAINT, Inputs(sources=(png(64),)))])
async def test_nothing_is_sent_without_what_it_starts_from(
    vendor: Vendor, provider: ImageProvider, operation: Operation, inputs: Inputs
) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(Request(operation=operation, prompt="a", model="deliberate"), inputs, key="k")
    assert (fault.value.kind, fault.value.accepted, vendor.asked) == (FaultKind.BAD_REQUEST, False, [])


async def test_a_mask_is_sent_white_where_it_is_edited(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(512, 512), model="deliberate")
    await provider.submit(request, Inputs(sources=(png(64),), mask=written.getvalue()), key="k")
    with Image.open(io.BytesIO(b64decode(vendor.asked[0].json["source_mask"]))) as sent:
        assert (sent.mode, sent.size) == ("L", (64, 64)), "of the picture's size"
        assert (sent.getpixel((1, 1)), sent.getpixel((62, 1))) == (255, 0)


async def test_a_source_that_is_too_large_is_made_smaller(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    written = io.BytesIO()
    Image.new("RGB", (4000, 1000), "teal").save(written, "PNG")
    request = Request(operation=Operation.EDIT, prompt="a bird", size=(512, 512), model="deliberate")
    await provider.submit(request, Inputs(sources=(written.getvalue(),)), key="k")
    with Image.open(io.BytesIO(b64decode(vendor.asked[0].json["source_image"]))) as sent:
        assert sent.size == (3072, 768)


async def test_every_call_says_who_calls(vendor: Vendor, tmp_path: Path) -> None:
    async with open_service(SERVICE, vendor, tmp_path, HORDE_CONTACT="https://example.com/bot") as provider:
        draws(vendor, [png(64)])
        progress = await provider.submit(SERVICE.request, Inputs(), key="k")
        while isinstance(progress, Pending):
            progress = await provider.check(progress.ticket)
    own = [each for each in vendor.asked if each.path.startswith("/api/v2/")]
    assert {each.headers["apikey"] for each in own} == {"horde-secret"}
    for each in own:
        name, version, contact = each.headers["client-agent"].split(":", 2)
        assert (name, contact) == ("limner", "https://example.com/bot")
        assert version
    assert not any("client-agent" in each.headers for each in vendor.asked if each not in own)


def test_a_contact_that_would_break_a_header_stops_the_start() -> None:
    with pytest.raises(SettingFault):
        config.load(Settings, "horde", {"HORDE_CONTACT": "me\nX-Other: y"})


async def test_pictures_are_asked_for_once_and_only_when_they_are_done(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(64)])
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    waiting, drawing = await provider.check(progress.ticket), await provider.check(progress.ticket)
    assert isinstance(waiting, Pending)
    assert isinstance(drawing, Pending)
    assert (waiting.stage, waiting.check_after) == ("number 12 in the queue", 7.0)
    assert (drawing.stage, drawing.check_after) == ("a volunteer's machine draws it", 1.8)
    assert not vendor.heard("GET", STATUS)
    finished = await provider.check(progress.ticket)
    assert isinstance(finished, Finished)
    assert len(vendor.heard("GET", STATUS)) == 1
    assert (finished.vendor_id, finished.version, finished.cost) == (JOB, "AlbedoBase XL (SDXL)", None)


@pytest.mark.parametrize(("wait", "pause"), [(None, 1.5), (0, 1.5), (30, 6.0), (9000, 10.0)])
def test_the_longer_it_takes_the_later_we_ask(wait: float | None, pause: float) -> None:
    assert Standing(done=False, wait_time=wait).pause == pause


async def test_pictures_that_are_not_there_yet_are_asked_for_later(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json={**recorded("processing"), "generations": []}))
    progress = await provider.check(JOB)
    assert isinstance(progress, Pending)
    assert progress.check_after >= 6, "ten times a minute may be asked"


async def test_a_request_that_no_machine_can_draw_is_given_up_and_taken_back(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json={**recorded("waiting"), "is_possible": False}))
    vendor.on("DELETE", STATUS, Says(status=500, json={}))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.BAD_REQUEST
    assert "smaller" in fault.value.advice
    assert [each.path for each in vendor.heard("DELETE")] == [f"/api/v2{STATUS}{JOB}"]


async def test_a_machine_that_draws_already_shows_that_it_is_possible(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json={**recorded("processing"), "is_possible": False}))
    assert isinstance(await provider.check(JOB), Pending)
    assert not vendor.heard("DELETE")


async def test_a_faulted_request_is_over(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json={**recorded("waiting"), "faulted": True}))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.BAD_RESULT
    assert len(vendor.asked) == 1, "an end is not asked for again"


@pytest.mark.parametrize("facts", [{}, {"is_possible": None, "faulted": None}, {"is_possible": False, "done": True}])
def test_what_is_not_said_is_no_end(facts: Mapping[str, Any]) -> None:
    assert ending(STANDING.validate_python({"done": False, **facts})) is None


@pytest.mark.parametrize(
    ("status", "code"), [(404, "RequestNotFound"), (410, "RequestExpired"), (404, "")], ids=["unknown", "ended", "without a code"]
)
async def test_a_request_that_is_gone_is_lost(vendor: Vendor, provider: ImageProvider, status: int, code: str) -> None:
    stands(vendor, Says(status=status, json={"message": "gone", "rc": code}))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.LOST


@pytest.mark.parametrize("ticket", ["nonesuch", "", "../find_user", f"{JOB}/../x", f"{JOB}\n", "null"])
async def test_a_ticket_that_cannot_be_read_is_lost(vendor: Vendor, provider: ImageProvider, ticket: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    await provider.cancel(ticket)
    assert (fault.value.kind, vendor.asked) == (FaultKind.LOST, [])


@pytest.mark.parametrize("ticket", ["", "../x", "a b", "7"])
async def test_an_id_that_cannot_be_asked_for_is_a_bad_result(vendor: Vendor, provider: ImageProvider, ticket: str) -> None:
    vendor.on("POST", ORDER, Says(status=202, json={"id": ticket, "kudos": 1}))
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(SERVICE.request, Inputs(), key="k")
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"censored": True}, "policy"),
        ({"state": "CSAM"}, "csam"),
        ({"gen_metadata": [{"type": "censorship", "value": "nsfw", "ref": None}]}, "nsfw"),
        ({"gen_metadata": ["odd", {"type": "censorship"}]}, "policy"),
    ],
)
async def test_a_placeholder_is_never_given_for_a_picture(
    vendor: Vendor, provider: ImageProvider, facts: Mapping[str, Any], category: str
) -> None:
    ends(vendor, img=f"{vendor.url}/stable-horde/placeholder.webp", **facts)
    with pytest.raises(Refused) as refused:
        await provider.check(JOB)
    assert (refused.value.category, refused.value.source) == (category, "horde")
    assert not vendor.heard("GET", "placeholder"), "it is not even fetched"


async def test_what_was_held_back_is_said_and_the_rest_is_given(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json=recorded("done")))
    one, other = drawn(censored=True)["generations"][0], drawn(img=f"{vendor.url}/stable-horde/b.webp", seed="43")["generations"][0]
    vendor.on("GET", STATUS, Says(json={**recorded("status"), "generations": [one, other]}))
    vendor.on("GET", "/stable-horde/", Says(body=png(64)))
    finished = await provider.check(JOB)
    assert isinstance(finished, Finished)
    assert (finished.images, finished.seed) == ((png(64),), 43)
    assert "held some back" in finished.short


@pytest.mark.parametrize("metadata", [[{"type": "information", "value": "see_ref", "ref": "x"}], None, [7]])
async def test_other_facts_about_a_picture_are_no_refusal(vendor: Vendor, provider: ImageProvider, metadata: object) -> None:
    ends(vendor, img=b64encode(png(64)).decode(), gen_metadata=metadata, censored=None, state=None)
    finished = await provider.check(JOB)
    assert isinstance(finished, Finished)
    assert finished.images == (png(64),), "a server without storage gives the picture itself"


@pytest.mark.parametrize("generations", [[], None, [{"img": ""}], [{}]])
async def test_done_without_a_picture_is_a_bad_result(vendor: Vendor, provider: ImageProvider, generations: object) -> None:
    stands(vendor, Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json={**recorded("status"), "generations": generations}))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize(("said", "seed"), [("42", 42), (42, 42), ("4294967295", 4294967295), ("none", None), (None, None), ("٤٢", None)])
async def test_a_seed_is_read_where_it_is_a_number(vendor: Vendor, provider: ImageProvider, said: object, seed: int | None) -> None:
    ends(vendor, img=b64encode(png(64)).decode(), seed=said)
    finished = await provider.check(JOB)
    assert isinstance(finished, Finished)
    assert finished.seed == seed


async def test_results_come_from_its_own_storage_and_not_from_a_neighbours(vendor: Vendor, provider: Any) -> None:
    downloads = provider._questions._downloads
    assert downloads.allows(recorded("status")["generations"][0]["img"])
    assert not downloads.allows("https://somebody.r2.cloudflarestorage.com/stable-horde/x.webp")
    assert downloads.allows(f"{vendor.url}/x.webp"), "the host of a configured address is trusted"


def reply(status: int, body: object) -> Reply:
    return Reply(vendor="AI Horde", status=status, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "KudosUpfront", FaultKind.BAD_REQUEST),
        (403, "SharedKeyEmpty", FaultKind.CREDIT),
        (403, "SharedKeyExpired", FaultKind.CREDENTIALS),
        (403, "TimeoutIP", FaultKind.CREDENTIALS),
        (403, "NotTrusted", FaultKind.CREDENTIALS),
        (400, "BadClientAgent", FaultKind.CREDENTIALS),
        (400, "MaintenanceMode", FaultKind.UNAVAILABLE),
        (503, "MaintenanceMode", FaultKind.UNAVAILABLE),
        (400, "NoValidWorkers", FaultKind.BAD_REQUEST),
        (429, "TooManyPrompts", FaultKind.RATE_LIMITED),
        (410, "RequestExpired", FaultKind.LOST),
    ],
)
def test_a_code_says_what_is_wrong_and_that_nothing_was_taken(status: int, code: str, kind: FaultKind) -> None:
    fault = explain(reply(status, {"message": "a small boat", "rc": code}))
    assert isinstance(fault, ProviderFault)
    assert (fault.kind, fault.accepted) == (kind, False)
    assert "boat" not in fault.sentence


def test_a_request_beyond_the_accounts_kudos_says_what_to_do() -> None:
    fault = explain(reply(403, recorded("kudos_upfront")))
    assert isinstance(fault, ProviderFault)
    assert "smaller picture or fewer steps" in fault.advice


def test_our_address_shut_out_is_no_fault_of_the_person() -> None:
    fault = explain(reply(403, recorded("timeout_ip")))
    assert isinstance(fault, ProviderFault)
    assert "admin" in fault.advice


@pytest.mark.parametrize("body", [None, [], {}, {"rc": None}, {"rc": 7, "message": 7}, {"message": "No", "rc": "InvalidSize"}])
def test_the_usual_reading_is_left_alone(body: object) -> None:
    assert [explain(reply(status, body)) for status in (400, 401, 402, 404, 429, 500)] == [None] * 6


def offered(*models: str, **more: str) -> Settings:
    return config.load(Settings, "horde", {"HORDE_MODELS": ",".join(models), **more})


def test_models_are_those_that_an_admin_named_and_keep_their_facts() -> None:
    settings = offered("sky=Juggernaut XL", "Deliberate", "Nova Anime XL", "photo=ICBINP XL", HORDE_PIXELS="262144", HORDE_RUNNING="3")
    models = models_of(settings)
    assert list(models) == ["sky", "deliberate", "Nova Anime XL", "photo"]
    assert [model.pixels for model in models.values()] == [1024 * 1024, 512 * 512, 262144, 262144]
    assert {model.running for model in models.values()} == {3}
    assert asked("photo", settings=settings)["models"] == ["ICBINP XL"]
    assert asked("Nova Anime XL", settings=settings)["models"] == ["Nova Anime XL"]
    assert asked("sky", settings=settings)["models"] == ["Juggernaut XL"]


@pytest.mark.parametrize("entry", ["=x", "x=", " = "])
def test_a_model_without_a_name_stops_the_start(entry: str) -> None:
    with pytest.raises(SettingFault, match="HORDE_MODELS"):
        offered(entry)


def test_every_model_says_that_it_is_free_and_not_confidential() -> None:
    for model in (*MODELS, *models_of(offered("Nova Anime XL")).values()):
        assert "not confidential" in model.about
        assert model.price == Decimal(0)
        assert model.most == 1, "several of one request would share a seed"


async def test_what_an_admin_decided_is_sent(vendor: Vendor, tmp_path: Path) -> None:
    decided = {"HORDE_ADULT": "true", "HORDE_TRUSTED_WORKERS": "true", "HORDE_REWRITE": "true", "HORDE_MODELS": "deliberate"}
    async with open_service(SERVICE, vendor, tmp_path, **decided) as provider:
        takes(vendor)
        await provider.submit(Request(prompt="a", size=(512, 512), model="deliberate"), Inputs(), key="k")
    said = vendor.asked[0].json
    assert (said["nsfw"], said["censor_nsfw"], said["trusted_workers"], said["replacement_filter"]) == (True, False, True, True)


async def test_a_delivery_to_our_own_address_is_a_hint_to_look_again(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert vendor.asked[0].json["webhook"] == HOOK
    assert isinstance(progress, Pending)
    assert await provider.receive(Delivery(body=BODY)) is None, "anybody could have sent that"
    notice = await provider.receive(Delivery(body=BODY, addressed=True))
    assert notice is not None
    assert notice.ticket == progress.ticket
    assert await provider.receive(Delivery(body=BODY, addressed=True)) == notice, "one key, so that the journal takes it once"
    other = await provider.receive(Delivery(body=BODY.replace(b"42", b"43"), addressed=True))
    assert other is not None
    assert other.event != notice.event
    assert len(vendor.asked) == 1, "nothing in it is believed, and nothing in it is fetched"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"request": 7}', b"null", b'{"request": "../x"}', b"[" * 100_000])
async def test_an_odd_delivery_to_our_own_address_is_no_notice(provider: ImageProvider, body: bytes) -> None:
    assert await provider.receive(Delivery(body=body, addressed=True)) is None


@pytest.mark.parametrize(("address", "wanted"), [("", False), ("http://limner.example/webhooks/horde/x", False), (HOOK, True)])
async def test_a_webhook_without_https_is_not_asked_for(vendor: Vendor, address: str, *, wanted: bool) -> None:
    plugin = plugins.load("adapters.providers", "horde", "PLUGIN")
    takes(vendor)
    async with plugin.open(config.load(plugin.settings, "horde", SERVICE.settings(vendor)), kit(address)) as provider:
        await provider.submit(SERVICE.request, Inputs(), key="k")
    assert ("webhook" in vendor.asked[0].json) == wanted


def kit(webhook: str = "") -> Kit:
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
        vault=MemoryVault(),
        webhook=webhook,
    )


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "horde", "PLUGIN")
    settings = config.load(plugin.settings, "horde", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


async def test_the_doctor_tries_each_key_and_says_which_models_have_machines(vendor: Vendor) -> None:
    vendor.on("GET", "/find_user", Says(json=recorded("account")), Says(status=404, json={"message": "no", "rc": "UserNotFound"}))
    vendor.on("GET", "/status/models", Says(json=recorded("models")))
    first, second, models = await examined(vendor, HORDE_API_KEY="one, two")
    assert first.good
    assert "Grace#123" in first.sentence
    assert "5,120 kudos" in first.sentence
    assert not second.good
    assert "HORDE_API_KEY" in second.sentence
    assert models.good
    assert "albedobase-xl (7 machines)" in models.sentence
    assert "juggernaut-xl (no machine now)" in models.sentence
    assert [(each.method, each.headers["apikey"]) for each in vendor.asked] == [("GET", "one"), ("GET", "two"), ("GET", "one")]


async def test_the_doctor_says_when_nobody_has_the_models(vendor: Vendor) -> None:
    vendor.on("GET", "/find_user", Says(json=recorded("account")))
    vendor.on("GET", "/status/models", Says(json=recorded("models")))
    _, models = await examined(vendor, HORDE_MODELS="Nova Anime XL")
    assert not models.good
    assert "HORDE_MODELS" in models.sentence


async def test_the_doctor_says_what_everybodys_key_means(vendor: Vendor) -> None:
    vendor.on("GET", "/find_user", Says(json={"username": "Anonymous#0", "kudos": -50}))
    vendor.on("GET", "/status/models", Says(json={}))
    key, models = await examined(vendor, HORDE_API_KEY="0000000000")
    assert key.good
    assert "published" in key.sentence
    assert not models.good, "a list in no known form is said, and stops nothing"


def test_everybodys_key_is_used_only_where_it_was_written_down() -> None:
    plugin = plugins.load("adapters.providers", "horde", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "horde", {}))
    assert plugin.configured(config.load(plugin.settings, "horde", {"HORDE_API_KEY": "0000000000"}))


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {"BOT_PROVIDERS": "horde", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_a_free_picture_with_its_seed_and_its_warning(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor)
    vendor.on("GET", CHECK, Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json=drawn(img=f"{vendor.url}/stable-horde/x.webp")))
    vendor.on("GET", "/stable-horde/", Says(body=png(64), headers={"Content-Type": "image/webp"}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --model albedobase-xl --seed 42")
        assert (job.provider, job.model, job.cost, job.images[0].seed) == ("horde", "albedobase-xl", Decimal(0), 42)
        shown = str((await story.results(job.id))[0].content)
        assert "not confidential" in shown
        assert "seed 42" in shown
        assert "$" not in shown, "it costs nothing"


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=recorded("waiting")))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer = await story.say("imagine a small boat --model horde")
        await story.until(answer.job, State.SUBMITTED)
    assert len(vendor.heard("POST")) == 1
    vendor.on("GET", CHECK, Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json=drawn(img=f"{vendor.url}/stable-horde/x.webp")))
    vendor.on("GET", "/stable-horde/", Says(body=png(64), headers={"Content-Type": "image/webp"}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        await story.until(answer.job, State.DELIVERED)
    assert len(vendor.heard("POST")) == 1


async def test_a_refused_prompt_is_blocked_and_asked_of_nobody_else(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", ORDER, Says(status=400, json=recorded("corrupt_prompt")))
    async with open_story(tmp_path, {**surroundings(vendor), "BOT_PROVIDERS": "horde,sketch"}) as story:
        answer = await story.say("imagine a small boat --model horde")
        job = await story.until(answer.job)
        assert job.state is State.BLOCKED
        assert job.problem
        assert "AI Horde" in job.problem.sentence
