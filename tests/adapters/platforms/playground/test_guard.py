"""Who may reach the playground, and what its pages may do."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from adapters.platforms.playground import Playground
from adapters.platforms.playground.guard import is_loopback, policy
from tests.adapters.platforms.playground.stage import open_stage, open_tab

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def ask(
    playground: Playground,
    path: str,
    *,
    client: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> httpx.Response:
    transport = httpx.ASGITransport(app=playground.pages["/"], client=(client, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as browser:
        return await browser.request("GET" if body is None else "POST", path, headers=headers, content=body)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.1.2.3:1", "[::1]:8080", "limner.localhost"])
async def test_this_machine_is_let_in(tmp_path: Path, host: str) -> None:
    async with open_stage(tmp_path) as playground:
        assert (await ask(playground, "/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["limner.example", "10.0.0.4:8080", "127.0.0.1.evil.example", "localhost evil", ""])
async def test_another_name_for_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    async with open_stage(tmp_path) as playground:
        answer = await ask(playground, "/", headers={"host": host})
        assert answer.status_code == 403
        assert "PLAYGROUND_OPEN=true" in answer.text


async def test_another_machine_is_refused_unless_told_otherwise(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        assert (await ask(playground, "/", client="10.0.0.7")).status_code == 403
    async with open_stage(tmp_path, opened=True) as playground:
        assert (await ask(playground, "/", client="10.0.0.7", headers={"host": "limner.example"})).status_code == 200


@pytest.mark.parametrize("opened", [False, True])
async def test_another_website_opens_no_socket_and_uploads_nothing(tmp_path: Path, *, opened: bool) -> None:
    foreign = {"host": "127.0.0.1:8080", "origin": "http://evil.example"}
    async with open_stage(tmp_path, opened=opened) as playground:
        async with open_tab(playground, headers=foreign) as tab:
            assert tab.closed == 4403
        assert (await ask(playground, "/uploads?as=ada&name=a.png", headers=foreign, body=PNG)).status_code == 403
        async with open_tab(playground, headers={"host": "127.0.0.1:8080", "origin": "http://127.0.0.1:8080"}) as tab:
            assert tab.closed is None


async def test_pages_forbid_inline_scripts_and_styles(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        page = await ask(playground, "/")
        rules = page.headers["content-security-policy"]
        assert "script-src 'self';" in rules
        assert "style-src 'self';" in rules
        assert "unsafe" not in rules
        assert "default-src 'none'" in rules
        assert "<script>" not in page.text
        assert " style=" not in page.text


async def test_no_file_of_the_page_reads_text_as_markup_or_comes_from_elsewhere() -> None:
    static = Path(__file__).parents[4] / "adapters/platforms/playground/static"
    sources = {path: path.read_text(encoding="utf-8") for path in static.rglob("*") if path.suffix in {".js", ".html", ".css"}}
    assert len(sources) > 15
    for path, source in sources.items():
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://"):
            assert forbidden not in source, f"{path.name} has {forbidden}"


def test_a_strange_host_never_reaches_the_policy() -> None:
    assert "evil" not in policy("a; script-src evil", "http://127.0.0.1:8080")


@pytest.mark.parametrize(("host", "ours"), [("localhost", True), ("::1", True), ("127.0.0.2", True), ("128.0.0.1", False), ("", False)])
def test_loopback_is_known_by_address(host: str, *, ours: bool) -> None:
    assert is_loopback(host) is ours


async def test_an_upload_is_kept_and_shown_as_what_it_is(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        kept = (await ask(playground, "/uploads?as=ada&name=fox.html", headers={"content-type": "text/html"}, body=PNG)).json()
        assert (kept["media_type"], kept["name"], kept["bytes"]) == ("image/png", "fox.html", len(PNG))
        shown = await ask(playground, f"/uploads/{kept['id']}")
        assert shown.content == PNG
        assert shown.headers["content-type"] == "image/png"
        assert "sandbox" in shown.headers["content-security-policy"]
        assert shown.headers["x-content-type-options"] == "nosniff"


async def test_an_upload_that_is_no_picture_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        answer = await ask(playground, "/uploads?as=ada&name=fox.png", body=b"<svg onload=alert(1)>")
        assert answer.status_code == 415
        assert "PNG, JPEG, WebP and GIF" in answer.json()["problem"]


async def test_an_upload_that_is_too_large_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        answer = await ask(playground, "/uploads?as=ada&name=fox.png", body=PNG + bytes(25 * 1024 * 1024))
        assert answer.status_code == 413
        assert "25 MB" in answer.json()["problem"]
