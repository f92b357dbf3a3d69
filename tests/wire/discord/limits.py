"""The text side of a message: content, embeds, nonce and who may be mentioned."""

from typing import Any

from tests.wire.discord.components import check_url
from tests.wire.discord.faults import Form, Json, items, within

EPHEMERAL, LOADING, SUPPRESS_EMBEDS, SILENT, HAS_THREAD, V2 = 1 << 6, 1 << 7, 1 << 2, 1 << 12, 1 << 5, 1 << 15
MIB = 1024 * 1024
REQUEST_LIMIT = 25 * MIB
EMBED_TEXTS = {"title": 256, "description": 4096}


def check_text(form: Form, body: Json) -> None:
    """Everything in a message's body that is not a component or a file."""
    form.length("content", body.get("content"), 2000)
    check_embeds(form, body.get("embeds"))
    check_mentions(form, body.get("allowed_mentions"))
    nonce = body.get("nonce")
    if nonce is not None and (isinstance(nonce, bool) or not isinstance(nonce, str | int) or len(str(nonce)) > 25):
        form.wrong("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
    if body.get("attachments") is not None:
        form.count("attachments", body["attachments"], 10)
    if body.get("components") is not None and not isinstance(body["components"], list):
        form.wrong("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")


def check_embeds(form: Form, embeds: Any) -> None:
    if embeds is None or not form.count("embeds", embeds, 10):
        return
    for index, embed in enumerate(embeds):
        _check_embed(form, f"embeds.{index}", embed)
    if sum(_letters(embed) for embed in embeds) > 6000:
        form.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_embed(form: Form, path: str, embed: Json) -> None:
    for name, most in EMBED_TEXTS.items():
        form.length(f"{path}.{name}", embed.get(name), most)
    form.length(f"{path}.footer.text", within(embed, "footer").get("text"), 2048)
    form.length(f"{path}.author.name", within(embed, "author").get("name"), 256)
    form.number(f"{path}.color", embed.get("color"), 0, 0xFFFFFF)
    fields = items(embed, "fields")
    form.count(f"{path}.fields", fields, 25)
    for number, each in enumerate(fields):
        form.length(f"{path}.fields.{number}.name", each.get("name"), 256, 1, required=True)
        form.length(f"{path}.fields.{number}.value", each.get("value"), 1024, 1, required=True)
    for name in ("image", "thumbnail"):
        url: Any = within(embed, name).get("url")
        if url and not str(url).startswith("attachment://"):
            check_url(form, f"{path}.{name}.url", url, 2048)
    if embed.get("url"):
        check_url(form, f"{path}.url", embed["url"], 2048)


def _letters(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), within(embed, "footer").get("text"), within(embed, "author").get("name")]
    for each in items(embed, "fields"):
        texts += [each.get("name"), each.get("value")]
    return sum(len(text or "") for text in texts)


def check_mentions(form: Form, allowed: Any) -> None:
    if allowed is None:
        return
    parse: list[Any] = items(allowed, "parse")
    for index, each in enumerate(parse):
        form.choice(f"allowed_mentions.parse.{index}", each, ("roles", "users", "everyone"))
    for name in ("roles", "users"):
        ids = allowed.get(name)
        if ids and form.count(f"allowed_mentions.{name}", ids, 100) and name in parse:
            form.wrong(
                f"allowed_mentions.{name}",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.',
            )
