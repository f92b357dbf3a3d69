"""AI Horde's corners: standing, pictures, moderation, accounts, links, tickets."""

import json
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.calls import Reply
from adapters.providers.horde import Settings
from adapters.providers.horde.answers import STANDING, Standing, ending, explain
from bot import config
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Finished, Inputs, Pending
from bot.ports import ImageProvider
from tests.bench.easel import png
from tests.contracts.service import RECORDED, SERVICES, open_service
from tests.contracts.services.horde import ORDER, STATUS, drawn, draws, ends, recorded, stands
from tests.contracts.vendor import Says, Vendor, open_vendor

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
