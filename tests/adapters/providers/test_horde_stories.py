"""AI Horde's stories: hints, the doctor, and the assembled bot."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot import config, plugins
from bot.model import Delivery, Inputs, Pending, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from tests.bench.easel import png
from tests.contracts.service import RECORDED, SERVICES, open_service
from tests.contracts.services.horde import CHECK, ORDER, STATUS, drawn, recorded, stands, takes
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


@pytest.mark.parametrize(("by_name", "drawn_by"), [("true", "sketch"), ("false", "horde")])
async def test_it_goes_first_because_it_is_free_unless_it_is_to_be_named(
    vendor: Vendor, tmp_path: Path, by_name: str, drawn_by: str
) -> None:
    stands(vendor, Says(json=recorded("waiting")))
    more = {"BOT_PROVIDERS": "horde,sketch", "HORDE_BY_NAME": by_name}
    async with open_story(tmp_path, {**surroundings(vendor), **more}) as story:
        answer = await story.say("imagine a small boat")
        job = await story.until(answer.job, State.SUBMITTED, State.DELIVERED)
    assert job.provider == drawn_by
