"""Webhooks: whoever proves who they are is heard, and whoever guesses learns nothing."""

import httpx

from adapters.web.webhooks import Webhooks
from bot.model import Delivery

TOKEN = "0123456789abcdef"


class Hub:
    """Takes what is addressed, or signed with `sign: right`."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Delivery]] = []

    async def deliver(self, provider: str, delivery: Delivery) -> bool:
        self.heard.append((provider, delivery))
        return delivery.addressed or delivery.headers.get("sign") == "right"


def visitor(hub: Hub) -> httpx.AsyncClient:
    app = Webhooks(hub.deliver, {"acme": TOKEN})
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://limner.example")


async def test_the_raw_body_and_the_headers_arrive_as_they_were_sent() -> None:
    hub = Hub()
    body = b'{"id":  "p1"}\n'
    async with visitor(hub) as sender:
        answer = await sender.post("/acme?kind=x", content=body, headers={"Sign": "right"})
    assert answer.status_code == 200
    provider, delivery = hub.heard[0]
    assert (provider, delivery.body, delivery.query, delivery.addressed) == ("acme", body, {"kind": "x"}, False)
    assert delivery.headers["sign"] == "right"


async def test_an_address_that_nobody_can_guess_is_noted() -> None:
    hub = Hub()
    async with visitor(hub) as sender:
        assert (await sender.post(f"/acme/{TOKEN}", content=b"{}")).status_code == 200
    assert hub.heard[0][1].addressed


async def test_guesses_are_all_answered_alike_and_reach_nobody_with_a_wrong_token() -> None:
    hub = Hub()
    async with visitor(hub) as sender:
        answers = [
            await sender.post(path, content=body)
            for path, body in (
                ("/acme", b"{}"),
                (f"/acme/{TOKEN[:-1]}0", b"{}"),
                (f"/other/{TOKEN}", b"{}"),
                ("/nobody", b"{}"),
                (f"/acme/{TOKEN}", b"x" * (8 * 1024 * 1024 + 1)),
            )
        ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, "This delivery proves nothing.\n")}
    assert all(not delivery.addressed for _, delivery in hub.heard)


async def test_only_a_post_is_taken() -> None:
    async with visitor(Hub()) as sender:
        answer = await sender.get("/acme")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
