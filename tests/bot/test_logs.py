"""The log hides whatever is as good as a password, and leaves the rest readable."""

import pytest

from bot.logs import mask

APP = "1234567890123456789"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-2345678901-2345678901234-AbCdEfGhIjKlMnOp",
        "xoxe.xoxb-1-AbCdEfGhIjKlMnOp",
        "xapp-1-A012345-6789-abcdef",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GaBcDe.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-",
        f"{APP}/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OQ",
        "T012AB3C4/123456789/AbCdEfGhIjKlMnOpQrStUv",
        "Bearer sk-abcdefghijkl",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(secret: str) -> None:
    addresses = {"T": "https://hooks.example.com/commands/", APP[0]: "https://chat.example.com/api/v10/webhooks/"}
    before = addresses.get(secret[0], "cannot connect with ") if "/" in secret else "cannot connect with "
    said = mask(f"{before}{secret} after 3 tries")
    assert secret not in said
    assert said.startswith("cannot connect with [secret]") or "[secret] after" in said
    assert said.endswith("after 3 tries")


@pytest.mark.parametrize(
    "text",
    [
        "job 7kq2mw9x delivered to C012AB3C4 after 8.2 s",
        f"channel {APP} has no message 1234567890123456790",
        "limner.worker.telling: card not refreshed",
        "sources/2026/11/7kq2mw9x-0a1b2c3d4e5f.png",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert mask(text) == text
