"""Calls keep their promises against a real server: what is repeated, what never is, and where a key never goes."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter

from adapters.calls import Caller, Jwks, Keys, Pace, Reply, open_caller, verify_signed, verify_standard
from adapters.calls.waiting import LONGEST, retry_after, span
from bot.errors import FaultKind, ProviderFault, Refused
from tests.contracts.vendor import Says, Vendor, open_vendor

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@asynccontextmanager
async def calling(vendor: Vendor, *, key: str = "sk-one", **options: Any) -> AsyncGenerator[Caller]:
    keys = Keys(lambda: SecretStr(key), variable="PAINTBOX_API_KEY")
    sign: dict[str, Any] = {"sign": lambda key: {"Authorization": f"Bearer {key}"}}  # pyright: ignore[reportUnknownLambdaType] - a key is a str
    async with open_caller(vendor="Paintbox", base_url=vendor.url, now=lambda: NOW, keys=keys, **(sign | options)) as caller:
        yield caller


async def refused(caller: Caller, path: str = "/draw") -> ProviderFault:
    with pytest.raises(ProviderFault) as fault:
        await caller.post(path, json={})
    return fault.value


async def test_a_get_is_repeated_until_the_service_is_back(vendor: Vendor) -> None:
    vendor.on("GET", "/job", Says(status=503), Says(breaks=True), Says(json={"state": "done"}))
    async with calling(vendor) as caller:
        assert (await caller.get("/job")).data == {"state": "done"}
    assert len(vendor.asked) == 3


async def test_a_get_ends_with_the_last_fault(vendor: Vendor) -> None:
    vendor.on("GET", "/job", Says(status=500, body=b"broken"))
    async with calling(vendor) as caller:
        with pytest.raises(ProviderFault) as fault:
            await caller.get("/job")
    assert fault.value.kind is FaultKind.UNAVAILABLE
    assert len(vendor.asked) == 4


@pytest.mark.parametrize(
    "says", [Says(status=500), Says(status=503), Says(status=502), Says(breaks=True)], ids=["500", "503", "502", "broken"]
)
async def test_a_post_that_was_sent_is_never_repeated_and_may_have_been_taken(vendor: Vendor, says: Says) -> None:
    vendor.on("POST", "/draw", says)
    async with calling(vendor) as caller:
        fault = await refused(caller)
    assert fault.accepted
    assert len(vendor.asked) == 1


async def test_a_job_is_asked_about_with_the_key_that_ordered_it(vendor: Vendor) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        vendor.on(method, "/", Says(json={}))
    async with calling(vendor, key="sk-one,sk-two,sk-three") as caller:
        for _ in range(3):
            mark = (await caller.post("/draw", json={})).mark
            ordered = vendor.asked[-1].headers["authorization"]
            assert mark
            assert mark not in ordered, "a mark tells nobody the key"
            for ask in (caller.get, caller.put, caller.delete, caller.post):
                assert (await ask("/job", mark=mark)).mark == mark
                assert vendor.asked[-1].headers["authorization"] == ordered
    assert len({asked.headers["authorization"] for asked in vendor.asked}) == 3


async def test_a_key_that_is_gone_leaves_its_jobs_to_the_others(vendor: Vendor) -> None:
    vendor.on("GET", "/", Says(json={}))
    async with calling(vendor, key="sk-one") as caller:
        assert (await caller.get("/job", mark="feedbeef")).mark


async def test_a_key_that_a_service_refuses_with_a_400_makes_way_for_the_next(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(status=400, body=b"API key not valid"), Says(json={}))
    fault = ProviderFault("The key is not valid.", kind=FaultKind.CREDENTIALS, accepted=False)
    async with calling(vendor, key="sk-one,sk-two", explain=lambda _: fault) as caller:  # pyright: ignore[reportUnknownLambdaType] - a reply
        assert (await caller.post("/draw", json={})).data == {}
    assert len({asked.headers["authorization"] for asked in vendor.asked}) == 2


async def test_a_post_without_an_answer_may_have_been_taken(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(stalls=True))
    async with calling(vendor, timeout=0.2) as caller:
        fault = await refused(caller)
    assert (fault.kind, fault.accepted) == (FaultKind.TIMEOUT, True)
    assert len(vendor.asked) == 1


async def test_what_was_never_sent_was_certainly_not_taken() -> None:
    async with open_vendor() as gone:
        pass
    async with calling(gone) as caller:
        fault = await refused(caller)
    assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FaultKind.BAD_REQUEST),
        (402, FaultKind.CREDIT),
        (403, FaultKind.CREDENTIALS),
        (404, FaultKind.BAD_REQUEST),
        (422, FaultKind.BAD_REQUEST),
        (429, FaultKind.RATE_LIMITED),
    ],
)
async def test_a_refused_request_was_not_taken(vendor: Vendor, status: int, kind: FaultKind) -> None:
    vendor.on("POST", "/draw", Says(status=status, json={"error": "no"}))
    async with calling(vendor) as caller:
        fault = await refused(caller)
    assert (fault.kind, fault.accepted) == (kind, False)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Sat, 21 Nov 2026 12:00:09 GMT"}, 9),
        ({"retry-after-ms": "1500", "Retry-After": "7"}, 1.5),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_a_rate_limit_says_how_long_to_wait_in_each_of_its_forms(
    vendor: Vendor, headers: Mapping[str, str], seconds: float | None
) -> None:
    vendor.on("POST", "/draw", Says(status=429, headers=headers))
    async with calling(vendor) as caller:
        assert (await refused(caller)).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"code": "rate_limit_exceeded", "message": "your prompt 'a private fox' is"}}, "rate_limit_exceeded"),
        ({"name": "bad_request", "errors": ["a private fox"]}, "bad_request"),
        ({"error": "a private fox is not allowed"}, ""),
        (["a private fox"], ""),
        (None, ""),
    ],
)
async def test_a_faults_sentence_has_their_code_and_never_their_words(vendor: Vendor, body: object, said: str) -> None:
    vendor.on("POST", "/draw", Says(status=400, json=body))
    async with calling(vendor) as caller:
        fault = await refused(caller)
    assert fault.sentence == f"Paintbox answered 400{f' ({said})' if said else ''}."


async def test_a_vendors_own_table_goes_first(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(status=400, json={"code": "moderation_blocked"}))

    def explain(reply: Reply) -> Refused | None:
        return Refused("No.", category="violence") if reply.data["code"] == "moderation_blocked" else None

    async with calling(vendor, explain=explain) as caller:
        with pytest.raises(Refused) as no:
            await caller.post("/draw", json={})
    assert no.value.category == "violence"


async def test_several_keys_take_turns_and_a_refused_one_is_passed_over(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(json={}))
    async with calling(vendor, key="sk-one, sk-two") as caller:
        for _ in range(4):
            await caller.post("/draw", json={})
        used = [each.headers["authorization"] for each in vendor.asked]
        assert sorted(set(used)) == ["Bearer sk-one", "Bearer sk-two"]
        assert used[0] != used[1]
        vendor.on("POST", "/draw", Says(status=401), Says(json={}))
        vendor.asked.clear()
        await caller.post("/draw", json={})
        await caller.post("/draw", json={})
    first, *rest = [each.headers["authorization"] for each in vendor.asked]
    assert first not in rest
    assert len(rest) == 2


async def test_a_key_that_changed_in_its_file_is_read_after_a_401(vendor: Vendor) -> None:
    reads = iter(["sk-old", "sk-old"])
    keys = Keys(lambda: SecretStr(next(reads, "sk-new")), variable="PAINTBOX_API_KEY")
    vendor.on("POST", "/draw", Says(status=401), Says(json={}))
    async with open_caller(vendor="Paintbox", base_url=vendor.url, now=lambda: NOW, keys=keys, sign=lambda key: {"X-Key": key}) as caller:
        await caller.post("/draw", json={})
    assert [each.headers["x-key"] for each in vendor.asked] == ["sk-old", "sk-new"]


async def test_what_one_account_does_not_know_is_asked_of_the_others(vendor: Vendor) -> None:
    async with calling(vendor, key="sk-one, sk-two, sk-three") as caller:
        vendor.on("GET", "/job", Says(status=404), Says(status=404), Says(json={"state": "done"}))
        assert (await caller.get("/job")).data == {"state": "done"}
        owner = vendor.asked[-1].headers["authorization"]
        vendor.asked.clear()
        for _ in range(3):
            await caller.get("/job")
        assert [each.headers["authorization"] for each in vendor.asked] == [owner] * 3
        vendor.on("GET", "/gone", Says(status=404))
        with pytest.raises(ProviderFault) as fault:
            await caller.get("/gone")
    assert fault.value.kind is FaultKind.BAD_REQUEST
    assert len(vendor.heard("GET", "/gone")) == 3


async def test_the_only_key_refused_is_a_fault_that_names_the_variable(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(status=401, json={"error": "bad key"}))
    async with calling(vendor) as caller:
        assert (await refused(caller)).kind is FaultKind.CREDENTIALS
        again = await refused(caller)
    assert "PAINTBOX_API_KEY" in again.sentence
    assert len(vendor.asked) == 1, "a refused key is not sent again"


async def test_no_key_and_no_address_is_in_a_faults_sentence(vendor: Vendor) -> None:
    vendor.on("POST", "/draw", Says(breaks=True))
    async with calling(vendor, key="sk-secret") as caller:
        fault = await refused(caller, "/draw?token=secret")
    assert "secret" not in fault.sentence


async def test_an_answer_in_another_form_is_a_bad_result_without_its_values(vendor: Vendor) -> None:
    vendor.on("GET", "/job", Says(json={"id": "private words"}))
    async with calling(vendor) as caller:
        reply = await caller.get("/job")
    with pytest.raises(ProviderFault) as fault:
        reply.read(TypeAdapter(dict[str, int]))
    assert fault.value.kind is FaultKind.BAD_RESULT
    assert "private" not in fault.value.sentence


async def test_an_empty_limit_is_waited_for_before_the_next_call(vendor: Vendor) -> None:
    spent = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "250ms"}
    vendor.on("POST", "/draw", Says(json={}, headers=spent), Says(json={}))
    async with calling(vendor, pace=Pace(calls=50, seconds=1)) as caller:
        await caller.post("/draw", json={})
        began = time.monotonic()
        await caller.post("/draw", json={})
    assert time.monotonic() - began >= 0.24


class TestDownloads:
    async def test_a_result_of_an_allowed_host_comes_without_the_key(self, vendor: Vendor) -> None:
        vendor.on("GET", "/out.png", Says(body=b"png"))
        async with calling(vendor) as caller:
            assert await caller.fetch(f"{vendor.url}/out.png") == b"png"
        assert "authorization" not in vendor.asked[0].headers

    @pytest.mark.parametrize(
        "url",
        [
            "https://elsewhere.example/x.png",
            "http://cdn.paintbox.example/x.png",
            "https://cdn.paintbox.example@elsewhere.example/x.png",
            "https://paintbox.example.elsewhere.example/x.png",
            "https://127.0.0.1/x.png",
            "https://[::1]/x.png",
            "file:///etc/passwd",
            "https://",
            "",
            "data:image/png;base64,%%%",
            "data:text/html,hello",
        ],
    )
    async def test_every_other_address_is_refused_before_anything_is_sent(self, vendor: Vendor, url: str) -> None:
        async with calling(vendor, hosts=["paintbox.example"]) as caller:
            with pytest.raises(ProviderFault) as fault:
                await caller.fetch(url)
        assert fault.value.kind is FaultKind.BAD_RESULT
        assert vendor.asked == []

    async def test_a_name_of_its_own_that_leads_to_a_private_address_is_refused(self, vendor: Vendor) -> None:
        async with calling(vendor, hosts=["localhost"]) as caller:
            with pytest.raises(ProviderFault, match="private address"):
                await caller.fetch("https://localhost/x.png")

    async def test_an_admin_may_allow_a_private_host(self, vendor: Vendor) -> None:
        async with open_vendor() as store:
            store.on("GET", "/x.png", Says(body=b"png"))
            async with calling(vendor, trusted=[store.url.removeprefix("http://")]) as caller:
                assert await caller.fetch(f"{store.url}/x.png") == b"png"

    async def test_a_redirect_is_followed_within_and_refused_without(self, vendor: Vendor) -> None:
        vendor.on("GET", "/a.png", Says(status=302, headers={"Location": "/b.png"}))
        vendor.on("GET", "/b.png", Says(body=b"png"))
        vendor.on("GET", "/out.png", Says(status=302, headers={"Location": "http://169.254.169.254/latest"}))
        vendor.on("GET", "/round.png", Says(status=302, headers={"Location": "/round.png"}))
        async with calling(vendor) as caller:
            assert await caller.fetch(f"{vendor.url}/a.png") == b"png"
            for path in ("/out.png", "/round.png"):
                with pytest.raises(ProviderFault) as fault:
                    await caller.fetch(f"{vendor.url}{path}")
                assert fault.value.kind is FaultKind.BAD_RESULT

    async def test_a_link_that_ended_is_a_bad_result(self, vendor: Vendor) -> None:
        vendor.on("GET", "/x.png", Says(status=403))
        async with calling(vendor) as caller:
            with pytest.raises(ProviderFault) as fault:
                await caller.fetch(f"{vendor.url}/x.png")
        assert fault.value.kind is FaultKind.BAD_RESULT

    async def test_a_data_uri_is_read_where_it_is(self, vendor: Vendor) -> None:
        async with calling(vendor) as caller:
            assert await caller.fetch("data:image/png;base64," + base64.b64encode(b"png").decode()) == b"png"

    async def test_a_key_goes_to_the_services_own_addresses_alone(self, vendor: Vendor) -> None:
        async with calling(vendor, regions=["api.paintbox.example"], hosts=["paintbox.example"]) as caller:
            assert caller.own(f"{vendor.url}/jobs/1")
            assert caller.own("https://eu.api.paintbox.example/jobs/1")
            for url in (
                "https://elsewhere.example/jobs/1",
                "https://cdn.paintbox.example/jobs/1",
                "http://eu.api.paintbox.example/jobs/1",
                "https://api.paintbox.example@elsewhere.example/jobs/1",
                "https://xapi.paintbox.example/jobs/1",
                "https://[broken/jobs/1",
            ):
                with pytest.raises(ProviderFault):
                    caller.own(url)


class TestSignatures:
    SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

    def signed(self, body: bytes, *, at: float) -> dict[str, str]:
        stamp = str(int(at))
        key = base64.b64decode(self.SECRET.removeprefix("whsec_"))
        mac = base64.b64encode(hmac.new(key, f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac}"}

    def test_the_vector_of_the_reference_is_what_we_compute(self) -> None:
        found = self.signed(b'{"id":"p1","status":"succeeded"}', at=1_700_000_000)
        assert found["webhook-signature"] == "v1,ZExN73yv8qWVCecCi21+EXzT0O40H/jikFco/dJjHOE="

    def test_a_standard_webhook_proves_itself_and_nothing_else_does(self) -> None:
        body = b'{"id":"p1"}'
        headers = self.signed(body, at=time.time())
        assert verify_standard(self.SECRET, headers, body) == "msg_1"
        assert verify_standard(self.SECRET, headers, body + b" ") is None
        assert verify_standard(self.SECRET, {**headers, "webhook-id": "msg_2"}, body) is None
        assert verify_standard(self.SECRET, self.signed(body, at=time.time() - 301), body) is None
        assert verify_standard(self.SECRET, {}, body) is None
        assert verify_standard("whsec_AAAA", headers, b"\xff") is None

    async def test_a_key_set_proves_a_delivery_and_is_fetched_again_when_it_changed(self) -> None:
        old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        served, fetched, clock = [old], [0], [NOW]

        async def fetch() -> bytes:
            fetched[0] += 1
            keys = [{"x": base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")} for key in served]
            return json.dumps({"keys": keys}).encode()

        jwks = Jwks(fetch=[fetch], now=lambda: clock[0])
        stamp = str(int(NOW.timestamp()))

        async def proves(key: Ed25519PrivateKey, *, body: bytes = b"{}", stamp: str = stamp) -> bool:
            said = "\n".join(["r1", "u1", stamp, hashlib.sha256(b"{}").hexdigest()]).encode()
            return await verify_signed(jwks, parts=["r1", "u1"], stamp=stamp, signature=key.sign(said).hex(), body=body)

        assert await proves(old)
        assert not await proves(old, body=b"{ }")
        assert not await proves(old, stamp=str(int(NOW.timestamp()) - 301))
        assert not await proves(old, stamp="soon")
        served[:] = [new]
        assert not await proves(new), "not fetched again within the minute"
        clock[0] = datetime(2026, 11, 21, 12, 2, tzinfo=UTC)
        assert await proves(new)
        assert fetched[0] == 2

    async def test_a_key_set_that_never_came_is_not_asked_for_by_every_forger(self) -> None:
        fetched = [0]

        async def fetch() -> bytes:
            fetched[0] += 1
            raise ProviderFault("gone", kind=FaultKind.UNAVAILABLE)

        jwks = Jwks(fetch=[fetch], now=lambda: NOW)
        for _ in range(20):
            assert not await verify_signed(jwks, parts=["r"], stamp=str(int(NOW.timestamp())), signature="00", body=b"")
        assert fetched[0] == 1


@given(st.text(max_size=40))
def test_no_header_makes_the_wait_longer_than_an_hour_or_fails(text: str) -> None:
    for headers in ({"retry-after": text}, {"retry-after-ms": text}):
        found = retry_after(headers, NOW)
        assert found is None or 0 <= found <= LONGEST
    said = span(text)
    assert said is None or 0 <= said <= LONGEST


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30), ("1.5", 1.5), ("12s", 12), ("6m0s", 360), ("250ms", 0.25), ("1h2m", 3600), ("", None)]
)
def test_a_span_is_read_in_each_form(text: str, seconds: float | None) -> None:
    assert span(text) == seconds


async def test_an_answer_is_seen_piece_by_piece_before_it_is_whole(vendor: Vendor) -> None:
    pieces: list[bytes] = []
    vendor.on("POST", "/draw", Says(body=b"a" * 100, breaks=True))
    async with calling(vendor) as caller:
        with pytest.raises(ProviderFault):
            await caller.post("/draw", watch=pieces.append)
    assert b"".join(pieces) == b"a" * 50, "the half that came before it broke off"


async def test_nobody_watches_an_error(vendor: Vendor) -> None:
    pieces: list[bytes] = []
    vendor.on("POST", "/draw", Says(status=400, body=b"no"))
    async with calling(vendor) as caller:
        with pytest.raises(ProviderFault):
            await caller.post("/draw", watch=pieces.append)
    assert pieces == []
