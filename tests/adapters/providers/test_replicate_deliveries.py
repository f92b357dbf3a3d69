"""Replicate around its orders: deliveries that prove themselves, cancelling, the doctor, and stories in the assembled app."""

import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from bot.errors import ProviderFault
from bot.model import Delivery, Inputs, Pending, State
from bot.ports import ImageProvider
from tests.adapters.providers.openings import examined, open_provider
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.replicate import ORDER, draws, recorded, stands, takes, told
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

SERVICE = SERVICES["replicate"]
SCHNELL, SDXL = "black-forest-labs/flux-schnell", "stability-ai/sdxl"
HASH = recorded("model")["latest_version"]["id"]
SECRET = recorded("secret")["key"]
MODEL = r"^/v1/models/stability-ai/sdxl$"
WEBHOOK = "https://limner.example/webhooks/replicate/unguessable"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


class TestDeliveries:
    def signed(self, said: bytes, *, secret: str = SECRET, at: datetime | None = None, id_: str = "msg_1") -> Delivery:
        when = at or datetime.now(UTC)
        signature = Webhook(secret).sign(msg_id=id_, timestamp=when, data=said.decode())
        headers = {"webhook-id": id_, "webhook-timestamp": str(int(when.timestamp())), "webhook-signature": signature}
        return Delivery(headers=headers, body=said)

    async def test_a_signed_delivery_names_the_ticket_of_its_order(self, vendor: Vendor, provider: ImageProvider) -> None:
        takes(vendor)
        vendor.on("GET", "/v1/webhooks/default/secret", Says(json=recorded("secret")))
        progress = await provider.submit(SERVICE.request, Inputs(), key="k")
        said = json.dumps(told(vendor, "succeeded")).encode()
        notice = await provider.receive(self.signed(said))
        assert isinstance(progress, Pending)
        assert notice
        assert (notice.ticket, notice.event) == (progress.ticket, "msg_1")

    async def test_the_secret_is_fetched_once_and_kept_for_the_next_process(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", "/v1/webhooks/default/secret", Says(json=recorded("secret")))
        said = json.dumps(recorded("succeeded")).encode()
        vault = MemoryVault()
        for _ in range(2):
            async with open_provider(SERVICE, vendor, tmp_path, vault=vault) as provider:
                for _ in range(3):
                    assert await provider.receive(self.signed(said))
        assert len(vendor.heard("GET", "/secret")) == 1

    async def test_a_delivery_that_is_old_torn_or_of_another_secret_proves_nothing(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("GET", "/v1/webhooks/default/secret", Says(json=recorded("secret")))
        said = json.dumps(recorded("succeeded")).encode()
        good = self.signed(said)
        assert await provider.receive(good)
        other = "whsec_" + base64.b64encode(b"another secret of the right length").decode()
        for bad in (
            replace(good, body=said + b" "),
            replace(good, headers={**good.headers, "webhook-id": "msg_2"}),
            self.signed(said, at=datetime.now(UTC) - timedelta(seconds=301)),
            self.signed(said, at=datetime.now(UTC) + timedelta(seconds=310)),
            self.signed(said, secret=other),
            replace(good, headers={**good.headers, "webhook-signature": "v1,!!!"}),
            replace(good, headers={**good.headers, "webhook-timestamp": "yesterday"}),
            self.signed(b"[]"),
            self.signed(b'{"id": 7}'),
            Delivery(body=said, addressed=True),
        ):
            assert await provider.receive(bad) is None
        assert len(vendor.heard("GET", "/secret")) == 1, "what proves nothing makes us ask no more than once in five minutes"

    async def test_a_changed_secret_is_fetched_again(self, vendor: Vendor, tmp_path: Path) -> None:
        new = "whsec_" + base64.b64encode(b"a new secret of the right length").decode()
        vendor.on("GET", "/v1/webhooks/default/secret", Says(json=recorded("secret")), Says(json={"key": new}))
        said = json.dumps(recorded("succeeded")).encode()
        clock = [datetime.now(UTC)]
        async with open_provider(SERVICE, vendor, tmp_path, clock=clock) as provider:
            assert await provider.receive(self.signed(said))
            assert await provider.receive(self.signed(said, secret=new)) is None, "not so soon"
            clock[0] += timedelta(minutes=6)
            assert await provider.receive(self.signed(said, secret=new))

    @pytest.mark.parametrize("says", [Says(status=401, json={}), Says(json={"key": ""}), Says(json={"key": "whsec_"}), Says(body=b"x")])
    async def test_without_a_secret_nothing_is_believed(self, vendor: Vendor, provider: ImageProvider, says: Says) -> None:
        vendor.on("GET", "/v1/webhooks/default/secret", says)
        assert await provider.receive(self.signed(json.dumps(recorded("succeeded")).encode())) is None


async def test_a_cancel_of_what_is_over_is_no_error_and_an_outage_is(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    cancel = r"^/v1/predictions/\w+/cancel$"
    for status in (200, 404, 422):
        vendor.on("POST", cancel, Says(status=status, json={"detail": "over"}))
        await provider.cancel(progress.ticket)
    vendor.on("POST", cancel, Says(status=503, json={}))
    with pytest.raises(ProviderFault):
        await provider.cancel(progress.ticket)


async def test_the_doctor_tries_each_key_and_each_model_without_spending(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/account", Says(json=recorded("account")))
    vendor.on("GET", MODEL, Says(json=recorded("model")))
    findings = await examined(SERVICE, vendor, tmp_path, REPLICATE_API_TOKEN="r8_one,r8_two", REPLICATE_MODELS=f"{SDXL},acme/gone")
    assert [finding.good for finding in findings] == [True, True, True, False]
    assert "it is of acme" in findings[0].sentence
    assert "REPLICATE_MODELS" in findings[3].sentence
    assert not vendor.heard("POST")
    assert {asked.headers["authorization"] for asked in vendor.heard("GET", "/account")} == {"Bearer r8_one", "Bearer r8_two"}


async def test_the_doctor_says_which_key_is_refused(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/account", Says(status=401, json=recorded("error")))
    findings = await examined(SERVICE, vendor, tmp_path)
    assert [finding.good for finding in findings] == [False]
    assert "REPLICATE_API_TOKEN" in findings[0].sentence
    assert "r8_secret" not in findings[0].sentence


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {**SERVICE.settings(vendor), "BOT_PROVIDERS": "replicate"}


async def test_a_story_from_words_to_a_picture_with_its_seed(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn(f"imagine a small boat --model replicate/{SCHNELL} --seed 42")
        assert (job.provider, job.model, job.cost, job.images[0].seed) == ("replicate", SCHNELL, None, 42)
        assert "seed 42" in str((await story.results(job.id))[0].content)


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=told(vendor, "processing")))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer = await story.say(f"imagine a small boat --model {SCHNELL}")
        await story.until(answer.job, State.SUBMITTED)
    assert len(vendor.heard("POST", ORDER)) == 1
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        await story.until(answer.job, State.DELIVERED)
    assert len(vendor.heard("POST", ORDER)) == 1


async def test_a_delivery_finds_the_job_of_its_order(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=told(vendor, "processing")))
    vendor.on("GET", "/v1/webhooks/default/secret", Says(json=recorded("secret")))
    settings = {**surroundings(vendor), "BOT_PUBLIC_URL": "https://limner.example"}
    async with open_story(tmp_path, settings) as story:
        answer = await story.say(f"imagine a small boat --model {SCHNELL}")
        await story.until(answer.job, State.SUBMITTED)
        assert vendor.heard("POST", ORDER)[-1].json["webhook"].startswith("https://limner.example/webhooks/replicate/")
        delivery = TestDeliveries().signed(json.dumps(told(vendor, "succeeded")).encode())
        provider = story.app.catalog.provider("replicate")
        assert provider
        notice = await provider.receive(delivery)
        assert notice

        async def named() -> bool:
            return await story.app.store.job_of_ticket("replicate", notice.ticket) == answer.job

        assert await eventually(named)
        draws(vendor, [png(64)])
        for _ in range(2):
            assert await story.app.worker.receive("replicate", delivery), "a repetition is taken and does nothing"
        await story.until(answer.job, State.DELIVERED)
    assert len(vendor.heard("POST", ORDER)) == 1
