"""Azure OpenAI: what differs from OpenAI."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.providers.azure import PLUGIN, Settings, models_of
from bot import config
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Operation, Request
from tests.adapters.providers.images_api import Rig, examined, half_mask, only, open_rig, picture
from tests.bench.easel import png
from tests.contracts.services import azure as service
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

PICTURE = png(64)
ASKED = Request(prompt="a small boat", size=(1024, 1024), model="drawings")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        opened.on("POST", "/openai/", service.answer(PICTURE))
        yield opened


@pytest.fixture
async def rig(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[Rig]:
    async with open_rig(service.SERVICE, vendor, tmp_path, AZURE_PREVIEWS="0") as opened:
        yield opened


async def test_the_address_says_deployment_and_version_and_the_key_has_a_header_of_its_own(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(ASKED)
    (asked,) = vendor.heard("POST")
    assert asked.path == "/openai/deployments/drawings/images/generations?api-version=2025-04-01-preview"
    assert asked.headers["api-key"] == "az-secret"
    assert "authorization" not in asked.headers
    assert asked.json == {"model": "drawings", "prompt": "a small boat", "n": 1, "size": "1024x1024", "quality": "medium"}


async def test_an_edit_with_a_mask_goes_to_the_deployments_edits(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(replace(ASKED, operation=Operation.INPAINT), picture(), mask=half_mask())
    (asked,) = vendor.heard("POST")
    assert asked.path.startswith("/openai/deployments/drawings/images/edits?")
    assert set(asked.parts) == {"model", "prompt", "n", "size", "quality", "image", "mask"}


async def test_the_newer_address_says_neither(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, AZURE_API_VERSION="v1", AZURE_PREVIEWS="0") as rig:
        await rig.draw(ASKED)
    assert vendor.heard("POST")[0].path == "/openai/v1/images/generations"
    assert only(vendor)["model"] == "drawings"


async def test_a_name_of_a_deployment_cannot_leave_its_place_in_the_address(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, AZURE_DEPLOYMENTS="a/../b?c", AZURE_PREVIEWS="0") as rig:
        await rig.draw(replace(ASKED, model="a/../b?c"))
    assert vendor.heard("POST")[0].path.startswith("/openai/deployments/a%2F..%2Fb%3Fc/images/generations?api-version=")


async def test_a_token_of_entra_travels_as_a_bearer(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, AZURE_AUTH="bearer") as rig:
        await rig.draw(ASKED)
    headers = vendor.heard("POST")[0].headers
    assert (headers["authorization"], "api-key" in headers) == ("Bearer az-secret", False)


async def test_previews_are_asked_for_here_too(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path) as rig:
        await rig.draw(ASKED)
    assert (only(vendor)["stream"], only(vendor)["partial_images"]) == (True, 1)


def test_a_deployment_has_the_facts_of_the_model_that_it_runs() -> None:
    names = "fast=gpt-image-2.5-flare, gpt-image-2, older = gpt-image-1.5, mystery"
    read = config.load(Settings, "azure", {"AZURE_DEPLOYMENTS": names, "AZURE_QUALITY": "low"})
    fast, plain, older, mystery = models_of(read)
    assert [model.name for model in (fast, plain, older, mystery)] == ["fast", "gpt-image-2", "older", "mystery"]
    assert (fast.price, plain.price, mystery.price) == (Decimal("0.0059"), Decimal("0.006"), None)
    assert older.until is not None
    assert len(mystery.sizes) == 3


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({"AZURE_API_KEY": "k", "AZURE_BASE_URL": "https://r.openai.azure.com"}, True),
        ({"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://r.openai.azure.com/"}, True),
        ({"AZURE_API_KEY": "k"}, False),
        ({"AZURE_BASE_URL": "https://r.openai.azure.com"}, False),
        ({"AZURE_API_KEY": "", "AZURE_BASE_URL": "https://r.openai.azure.com"}, False),
        ({"AZURE_STORAGE_ACCOUNT_NAME": "pictures"}, False),
    ],
)
def test_it_is_on_with_key_and_address_by_either_name(environment: dict[str, str], *, on: bool) -> None:
    assert PLUGIN.configured(config.load(Settings, "azure", environment)) is on


async def test_what_its_filter_saw_is_told(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", "/openai/", Says(status=400, json=service.MODERATED))
    with pytest.raises(Refused) as refused:
        await rig.draw(ASKED)
    assert refused.value.sentence == "Azure OpenAI's safety system did not take it (violence)."
    assert (refused.value.category, refused.value.source) == ("violence", "azure")


async def test_a_picture_that_the_filter_took_away_is_told_by_its_category(vendor: Vendor, rig: Rig) -> None:
    data = [{"content_filter_results": service.FILTERED, "b64_json": None}]
    vendor.on("POST", "/openai/", Says(json={**service.GENERATED, "data": data}))
    with pytest.raises(Refused, match=re.escape("held the result back (violence)")):
        await rig.draw(ASKED)


async def test_a_blocked_resource_is_no_refusal_although_it_speaks_of_the_content_policy(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", "/openai/", Says(status=403, json=service.BLOCKED))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.UNAVAILABLE, False)
    assert "has blocked our account" in fault.value.sentence


async def test_another_403_is_about_the_key(vendor: Vendor, rig: Rig) -> None:
    error = {"error": {"code": "AuthenticationTypeDisabled", "message": "Key based authentication is disabled for this resource."}}
    vendor.on("POST", "/openai/", Says(status=403, json=error))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert fault.value.kind is FaultKind.CREDENTIALS


async def test_its_own_request_id_is_kept(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", "/openai/", replace(service.answer(PICTURE), headers={"apim-request-id": "ap-1"}))
    assert (await rig.draw(ASKED)).vendor_id == "ap-1"


@pytest.mark.parametrize(
    ("version", "path"), [("v1", "/openai/v1/models"), ("2025-04-01-preview", "/openai/models?api-version=2024-10-21")]
)
async def test_the_doctor_tries_the_key_where_it_costs_nothing(vendor: Vendor, tmp_path: Path, version: str, path: str) -> None:
    vendor.on("GET", "/openai/", Says(json={"data": [{"id": "gpt-image-2"}]}))
    (finding,) = await examined(service.SERVICE, vendor, tmp_path, AZURE_API_VERSION=version)
    assert finding.good
    assert "AZURE_DEPLOYMENTS" in finding.sentence
    assert [asked.path for asked in vendor.asked] == [path]


async def test_the_doctor_says_which_key_is_refused_and_what_has_ended(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/openai/", Says(status=401, json=service.ERROR))
    finding, ended = await examined(service.SERVICE, vendor, tmp_path, AZURE_DEPLOYMENTS="old=gpt-image-1")
    assert not finding.good
    assert "AZURE_API_KEY" in finding.sentence
    assert "az-secret" not in finding.sentence
    assert not ended.good
    assert "old" in ended.sentence


async def test_a_picture_is_delivered_with_its_cost_and_ordered_once(vendor: Vendor, tmp_path: Path) -> None:
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="azure") as story:
        job = await story.drawn("/imagine a small boat --ar 3:2")
        (result,) = await story.results(job.id)
    assert "azure/drawings" in result.content["context"]
    assert "$0.05274" in result.content["context"]
    assert only(vendor)["size"] == "1536x1024"
