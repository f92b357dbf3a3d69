"""fal around its orders: deliveries that prove themselves, cancelling, the doctor, and stories in the assembled app."""

import base64
import hashlib
import json
import time
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.errors import ProviderFault, Refused
from bot.model import Delivery, Pending, State
from bot.ports import ImageProvider
from tests.adapters.providers.openings import examined, open_provider, ordered
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.fal import CANCEL, POLL, PRICES, comes_to, draws, recorded, result, takes
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

SERVICE = SERVICES["fal"]
SCHNELL, BRUSH = "fal-ai/flux/schnell", "acme/brush"
ID = recorded("taken")["request_id"]
LISTED = r"^/platform/models\?"
ANY = r"^/(fal-ai|acme)/"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


class TestDeliveries:
    KEY = Ed25519PrivateKey.generate()

    def keys(self, *keys: Ed25519PrivateKey) -> Says:
        numbers = [base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=") for key in keys]
        return Says(json={"keys": [{"kty": "OKP", "crv": "Ed25519", "x": number} for number in numbers]})

    def signed(self, said: bytes, *, request: str = ID, at: float | None = None, key: Ed25519PrivateKey | None = None) -> Delivery:
        stamp = str(int(time.time() if at is None else at))
        message = "\n".join([request, "user", stamp, hashlib.sha256(said).hexdigest()]).encode()
        return Delivery(
            headers={
                "x-fal-webhook-request-id": request,
                "x-fal-webhook-user-id": "user",
                "x-fal-webhook-timestamp": stamp,
                "x-fal-webhook-signature": (key or self.KEY).sign(message).hex(),
            },
            body=said,
        )

    async def test_a_signed_delivery_finds_the_whole_ticket(self, vendor: Vendor, provider: ImageProvider) -> None:
        takes(vendor)
        vendor.on("GET", "^/old/jwks.json", self.keys(self.KEY))
        ticket = await ordered(provider, SERVICE.request)
        notice = await provider.receive(self.signed(json.dumps(recorded("hook")).encode()))
        assert notice
        assert (notice.ticket, notice.event) == (ticket, ID)

    async def test_the_second_host_is_asked_where_the_first_has_no_keys(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("GET", "^/old/jwks.json", Says(status=404))
        vendor.on("GET", "^/new/jwks.json", self.keys(Ed25519PrivateKey.generate(), self.KEY))
        said = json.dumps(recorded("hook")).encode()
        for _ in range(2):
            assert await provider.receive(self.signed(said))
        asked = vendor.heard("GET", "jwks.json")
        assert [each.path for each in asked] == ["/old/jwks.json", "/new/jwks.json"], "kept for a day"
        assert all("authorization" not in each.headers for each in asked), "a key set needs no key of ours"

    async def test_a_delivery_that_is_old_torn_or_of_another_proves_nothing(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("GET", "jwks.json", self.keys(self.KEY))
        said = json.dumps(recorded("hook")).encode()
        good = self.signed(said)
        assert await provider.receive(good)
        for bad in (
            Delivery(headers=good.headers, body=said + b" "),
            self.signed(said, at=time.time() - 301),
            self.signed(said, at=time.time() + 310),
            self.signed(said, key=Ed25519PrivateKey.generate()),
            self.signed(said, request="another"),
            self.signed(b'{"request_id": 7}'),
            self.signed(b"[]"),
            Delivery(headers={**good.headers, "x-fal-webhook-signature": "zz"}, body=said),
            Delivery(headers={**good.headers, "x-fal-webhook-timestamp": "soon"}, body=said),
            Delivery(headers={name: value for name, value in good.headers.items() if "user" not in name}, body=said),
            Delivery(body=said, addressed=True),
        ):
            assert await provider.receive(bad) is None

    async def test_without_keys_nothing_is_believed(self, provider: ImageProvider) -> None:
        assert await provider.receive(self.signed(json.dumps(recorded("hook")).encode())) is None


async def test_what_is_over_is_not_remembered_for_deliveries(vendor: Vendor, tmp_path: Path) -> None:
    vault = MemoryVault()
    webhook = "https://limner.example/webhooks/fal/unguessable"
    async with open_provider(SERVICE, vendor, tmp_path, vault=vault, webhook=webhook) as provider:
        draws(vendor, [png(64)])
        ticket = await ordered(provider, SERVICE.request)
        assert len(vault.kept) == 1
        while isinstance(await provider.check(ticket), Pending):
            assert len(vault.kept) == 1
        assert not vault.kept
        comes_to(vendor, Says(status=422, json=recorded("content_policy")), standing="completed")
        ticket = await ordered(provider, SERVICE.request)
        assert isinstance(await provider.check(ticket), Pending)
        with pytest.raises(Refused):
            await provider.check(ticket)
        assert not vault.kept
        vendor.on("PUT", CANCEL, Says(status=202, json=recorded("cancelled")))
        await provider.cancel(await ordered(provider, SERVICE.request))
        assert not vault.kept


async def test_a_cancel_of_what_is_over_is_no_error_and_an_outage_is(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    ticket = await ordered(provider, SERVICE.request)
    for status, name in ((202, "cancelled"), (400, "already"), (404, "error")):
        vendor.on("PUT", CANCEL, Says(status=status, json=recorded(name)))
        await provider.cancel(ticket)
    assert len(vendor.heard("PUT", CANCEL)) == 3
    vendor.on("PUT", CANCEL, Says(status=500, json=recorded("error")))
    with pytest.raises(ProviderFault):
        await provider.cancel(ticket)


async def test_the_doctor_tries_each_key_and_each_model_without_spending(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", PRICES, Says(json=recorded("pricing")))
    vendor.on("GET", "^/platform/account/billing", Says(json=recorded("billing")), Says(status=403, json=recorded("error")))
    old = {"models": [{"endpoint_id": "acme/old", "metadata": {"status": "deprecated"}}]}
    vendor.on("GET", LISTED, Says(json={"models": []}))
    vendor.on("GET", f"{LISTED}.*old", Says(json=old))
    vendor.on("GET", f"{LISTED}.*brush", Says(json=recorded("model")))
    findings = await examined(SERVICE, vendor, tmp_path, FAL_KEY="one,two", FAL_MODELS="acme/brush,acme/old,acme/gone")
    assert [finding.good for finding in findings] == [True, True, False, False, True]
    assert "$12.30 of credit left" in findings[0].sentence
    assert "FAL_MODELS" in findings[2].sentence
    assert "FAL_MODELS" in findings[3].sentence
    assert "credit" not in findings[4].sentence, "a key without admin scope is told none"
    assert not vendor.heard("POST")


async def test_the_doctor_says_which_key_is_refused(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", PRICES, Says(status=401, json={"detail": "Invalid key"}))
    findings = await examined(SERVICE, vendor, tmp_path)
    assert [finding.good for finding in findings] == [False]
    assert "FAL_KEY" in findings[0].sentence
    assert "fal-secret" not in findings[0].sentence


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {**SERVICE.settings(vendor), "BOT_PROVIDERS": "fal"}


async def test_a_story_from_words_to_a_picture_with_cost_and_seed(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn(f"imagine a small boat --model fal/{SCHNELL} --seed 42")
        assert (job.provider, job.model, job.cost, job.images[0].seed) == ("fal", SCHNELL, Decimal("0.003"), 42)
        shown = str((await story.results(job.id))[0].content)
        assert "$0.003" in shown
        assert "seed 42" in shown


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor)
    vendor.on("GET", POLL, Says(status=202, json=recorded("in_progress")))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer = await story.say(f"imagine a small boat --model {SCHNELL}")
        await story.until(answer.job, State.SUBMITTED)
    assert len(vendor.heard("POST")) == 1
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.until(answer.job, State.DELIVERED)
        assert job.cost == Decimal("0.003")
    assert len(vendor.heard("POST")) == 1


async def test_a_delivery_finds_the_job_of_its_order(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor)
    vendor.on("GET", POLL, Says(status=202, json=recorded("in_progress")))
    deliveries = TestDeliveries()
    vendor.on("GET", "jwks.json", deliveries.keys(deliveries.KEY))
    settings = {**surroundings(vendor), "BOT_PUBLIC_URL": "https://limner.example"}
    async with open_story(tmp_path, settings) as story:
        answer = await story.say(f"imagine a small boat --model {SCHNELL}")
        await story.until(answer.job, State.SUBMITTED)
        delivery = deliveries.signed(json.dumps(recorded("hook")).encode())
        provider = story.app.catalog.provider("fal")
        assert provider
        notice = await provider.receive(delivery)
        assert notice

        async def named() -> bool:
            return await story.app.store.job_of_ticket("fal", notice.ticket) == answer.job

        assert await eventually(named)
        draws(vendor, [png(64)])
        for _ in range(2):
            assert await story.app.worker.receive("fal", delivery), "a repetition is taken and does nothing"
        await story.until(answer.job, State.DELIVERED)


async def test_a_black_picture_is_blocked_and_asked_of_nobody_else(vendor: Vendor, tmp_path: Path) -> None:
    comes_to(vendor, Says(json=result([f"{vendor.url}/files/black.png"], has_nsfw_concepts=[True])))
    async with open_story(tmp_path, {**surroundings(vendor), "BOT_PROVIDERS": "fal,sketch"}) as story:
        answer = await story.say("imagine a small boat --model fal")
        job = await story.until(answer.job)
        assert job.state is State.BLOCKED
        assert not vendor.heard("GET", "/files/")
