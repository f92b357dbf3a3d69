"""What every provider that speaks to a service promises, whatever the service does."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import plugins
from bot.errors import FaultKind, NothingFits, ProviderFault, Refused
from bot.model import Capabilities, Delivery, Finished, Operation, Pending, Progress, Promise, Request
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import SERVICES, Service, open_service
from tests.contracts.vendor import Says, Vendor, open_vendor

PICTURE = png(64)
PAGE = Says(body=b"<html>hello</html>", headers={"Content-Type": "text/html"})
BROKEN_JSON = Says(body=b'{"data": [', headers={"Content-Type": "application/json"})


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(service: Service, vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(service, vendor, tmp_path) as opened:
        yield opened


async def submit(service: Service, provider: ImageProvider) -> Progress:
    return await provider.submit(service.request, service.inputs, key="7kq2mw9x-1")


async def finish(service: Service, provider: ImageProvider) -> Finished:
    progress = await submit(service, provider)
    async with asyncio.timeout(15):
        while isinstance(progress, Pending):
            assert progress.ticket
            assert progress.check_after > 0
            progress = await provider.check(progress.ticket)
    return progress


async def fault_of(service: Service, provider: ImageProvider) -> ProviderFault:
    with pytest.raises(ProviderFault) as fault:
        await finish(service, provider)
    return fault.value


async def test_it_gives_the_pictures_that_were_drawn(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    pictures = [png(64 + 8 * number) for number in range(service.request.count)]
    service.draws(vendor, pictures)
    finished = await finish(service, provider)
    assert list(finished.images) == pictures
    assert finished.cost == service.cost
    if service.seed_out:
        assert finished.seed == service.request.seed


async def test_the_words_and_the_seed_reach_the_service(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    service.draws(vendor, [PICTURE] * service.request.count)
    await finish(service, provider)
    asked = next(each for each in vendor.heard(*service.submit))
    assert service.request.prompt.encode() in asked.body
    if service.request.seed is not None:
        assert str(service.request.seed).encode() in asked.body


async def test_the_key_travels_in_a_header_to_the_service_alone(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    service.draws(vendor, [PICTURE] * service.request.count)
    await finish(service, provider)
    secret = next((value for name, value in service.settings(vendor).items() if name.endswith(("_KEY", "_TOKEN"))), "")
    assert bool(secret) != service.keyless
    for asked in vendor.asked:
        assert not secret or secret not in asked.path
        if service.result and secret and any(asked is each for each in vendor.heard("GET", service.result)):
            assert secret not in " ".join(asked.headers.values())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FaultKind.CREDENTIALS),
        (402, FaultKind.CREDIT),
        (404, FaultKind.BAD_REQUEST),
        (422, FaultKind.BAD_REQUEST),
        (429, FaultKind.RATE_LIMITED),
    ],
)
async def test_a_refused_order_was_not_taken(
    service: Service, vendor: Vendor, provider: ImageProvider, status: int, kind: FaultKind
) -> None:
    vendor.on(*service.submit, service.error(status))
    fault = await fault_of(service, provider)
    assert (fault.kind, fault.accepted) == (kind, False)
    assert len(vendor.heard(*service.submit)) == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_an_order_that_failed_on_their_side_is_sent_once(
    service: Service, vendor: Vendor, provider: ImageProvider, status: int
) -> None:
    vendor.on(*service.submit, service.error(status))
    fault = await fault_of(service, provider)
    assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, True)
    assert len(vendor.heard(*service.submit)) == 1


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "7"}, 7), ({"retry-after-ms": "1500"}, 1.5)])
async def test_a_rate_limit_says_when_to_come_again(
    service: Service, vendor: Vendor, provider: ImageProvider, headers: Mapping[str, str], seconds: float
) -> None:
    vendor.on(*service.submit, replace(service.error(429), headers=headers))
    assert (await fault_of(service, provider)).retry_after == seconds


async def test_an_order_without_an_answer_may_have_been_taken(service: Service, vendor: Vendor, tmp_path: Path) -> None:
    vendor.on(*service.submit, Says(stalls=True))
    async with open_service(service, vendor, tmp_path, **{f"{service.name}_TIMEOUT".upper(): "0.3"}) as provider:
        fault = await fault_of(service, provider)
    assert (fault.kind, fault.accepted) == (FaultKind.TIMEOUT, True)
    assert len(vendor.heard(*service.submit)) == 1


async def test_an_order_that_broke_off_may_have_been_taken(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    vendor.on(*service.submit, Says(breaks=True))
    fault = await fault_of(service, provider)
    assert fault.accepted
    assert len(vendor.heard(*service.submit)) == 1


async def test_an_order_that_never_arrived_was_not_taken(service: Service, tmp_path: Path) -> None:
    async with open_vendor() as gone:
        pass
    async with open_service(service, gone, tmp_path) as provider:
        fault = await fault_of(service, provider)
    assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, False)


@pytest.mark.parametrize("says", [BROKEN_JSON, PAGE, Says(json=[]), Says(json={"x": 1})])
async def test_an_answer_in_no_known_form_is_a_bad_result(service: Service, vendor: Vendor, provider: ImageProvider, says: Says) -> None:
    vendor.on(*service.submit, says)
    with pytest.raises((ProviderFault, Refused)) as outcome:
        await finish(service, provider)
    if isinstance(outcome.value, ProviderFault):
        assert outcome.value.kind is FaultKind.BAD_RESULT


async def test_every_form_of_moderation_is_a_refusal(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    assert service.moderated or service.keyless
    for form, program in service.moderated.items():
        program(vendor)
        with pytest.raises(Refused) as refused:
            await finish(service, provider)
        assert refused.value.sentence.endswith("."), form
        assert service.request.prompt not in refused.value.sentence, form


async def test_a_status_that_nobody_knows_is_pending(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    if service.check is None or service.unknown is None:
        assert service.check is None
        return
    service.draws(vendor, [PICTURE] * service.request.count)
    progress = await submit(service, provider)
    assert isinstance(progress, Pending)
    vendor.on(*service.check, service.unknown())
    assert isinstance(await provider.check(progress.ticket), Pending)


async def test_a_job_that_the_service_forgot_is_lost(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    service.draws(vendor, [PICTURE] * service.request.count)
    progress = await submit(service, provider)
    ticket = progress.ticket if isinstance(progress, Pending) else "nonesuch"
    if service.check is not None and service.lost is not None:
        vendor.on(*service.check, service.lost())
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    assert fault.value.kind is FaultKind.LOST


async def test_a_poll_survives_hiccups_and_a_restart(service: Service, vendor: Vendor, tmp_path: Path) -> None:
    service.draws(vendor, [PICTURE] * service.request.count)
    async with open_service(service, vendor, tmp_path) as provider:
        progress = await submit(service, provider)
    if not isinstance(progress, Pending):
        return
    assert service.check is not None
    orders = len(vendor.heard(*service.submit))
    async with open_service(service, vendor, tmp_path) as provider:
        async with asyncio.timeout(15):
            while isinstance(progress, Pending):
                progress = await provider.check(progress.ticket)
    assert list(progress.images) == [PICTURE] * service.request.count
    assert len(vendor.heard(*service.submit)) == orders, "never ordered again"


async def test_a_result_elsewhere_is_not_fetched(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    if service.links is None:
        assert not service.result
        return
    for address in ("http://169.254.169.254/latest", "https://elsewhere.example/x.png", "https://127.0.0.1:1/x.png"):
        service.links(vendor, address)
        assert (await fault_of(service, provider)).kind is FaultKind.BAD_RESULT


async def test_a_link_that_ended_is_a_bad_result(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    if not service.result:
        return
    service.draws(vendor, [PICTURE] * service.request.count)
    vendor.on("GET", service.result, Says(status=404))
    assert (await fault_of(service, provider)).kind is FaultKind.BAD_RESULT


async def test_a_cancel_reaches_the_service_and_may_come_too_late(service: Service, vendor: Vendor, provider: ImageProvider) -> None:
    service.draws(vendor, [PICTURE] * service.request.count)
    progress = await submit(service, provider)
    if isinstance(progress, Pending) and service.cancel is not None:
        vendor.on(*service.cancel, Says(json={}))
        await provider.cancel(progress.ticket)
        assert vendor.heard(*service.cancel)
        vendor.on(*service.cancel, service.error(404))
    await provider.cancel(progress.ticket if isinstance(progress, Pending) else "nonesuch")
    await provider.cancel("nonesuch")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"id": 7}', b"null"])
async def test_a_delivery_that_proves_nothing_is_no_notice(provider: ImageProvider, body: bytes) -> None:
    assert await provider.receive(Delivery(headers={}, body=body)) is None


def test_every_model_states_its_facts(service: Service) -> None:
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    assert plugin.about
    secret = [name for name, field in plugin.settings.model_fields.items() if name.endswith(("key", "token")) and field.is_required()]
    assert secret == [], "without its key a provider is off, and the start goes on"


MODELS: list[tuple[str, Capabilities]] = [
    (name, model)
    for name in sorted({service.name for service in SERVICES.values()})
    for model in plugins.load("adapters.providers", name, "MODELS")
]


@pytest.mark.parametrize(("name", "model"), MODELS, ids=[f"{name}/{model.name}" for name, model in MODELS])
def test_a_models_facts_agree_with_each_other(name: str, model: Capabilities) -> None:
    assert name
    assert model.operations
    assert model.sides[0] <= model.sides[1]
    assert model.price is None or model.price == 0 or model.priced, "a price says where it is from"
    assert not (model.seedless and model.promise is not Promise.NOT_REPEATABLE)
    assert all(size[0] % model.multiple == 0 and size[1] % model.multiple == 0 for size in model.sizes)
    assert not model.mask or model.operations & {Operation.INPAINT, Operation.EDIT, Operation.OUTPAINT}


@settings(max_examples=40, deadline=None)
@given(
    which=st.sampled_from([model for _, model in MODELS]),
    operation=st.sampled_from(Operation),
    width=st.integers(1, 9000),
    height=st.integers(1, 9000),
    count=st.integers(1, 10),
    seed=st.none() | st.integers(0, 2**32 - 1),
    steps=st.none() | st.integers(1, 150),
    guidance=st.none() | st.floats(0, 30),
    style=st.none() | st.text(max_size=20),
)
def test_any_request_is_fitted_or_refused_with_a_reason(
    *,
    which: Capabilities,
    operation: Operation,
    width: int,
    height: int,
    count: int,
    seed: int | None,
    steps: int | None,
    guidance: float | None,
    style: str | None,
) -> None:
    request = Request(
        operation=operation, prompt="a fox", size=(width, height), count=count, seed=seed, steps=steps, guidance=guidance, style=style
    )
    try:
        fitted, changes = fit(request, which)
    except NothingFits:
        return
    # A picture's own size decides how large it becomes.
    if fitted.size is not None and operation not in {Operation.UPSCALE, Operation.REMOVE_BACKGROUND}:
        if which.sizes:
            assert fitted.size in which.sizes
        else:
            assert all(which.sides[0] <= side <= which.sides[1] for side in fitted.size)
            assert all(side % which.multiple == 0 for side in fitted.size)
    assert fitted.steps is None or (which.steps and which.steps[0] <= fitted.steps <= which.steps[1])
    assert fitted.guidance is None or (which.guidance and which.guidance[0] <= fitted.guidance <= which.guidance[1])
    if (fitted.size, fitted.steps, fitted.style) != (request.size, request.steps, request.style):
        assert changes
