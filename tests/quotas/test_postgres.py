"""The same rules on PostgreSQL: a quota, a grant over two days, a shared budget, alerts of two machines at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

from storage.queue import install
from tests.quotas.scene import model, open_scene
from tests.quotas.test_alerts import Chat, looks, machine


async def test_quotas_grants_and_budgets_hold_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    await install(postgres_url)
    settings = {"BOT_DATABASE_URL": postgres_url, "BOT_QUOTA_DAY": "3"}
    async with open_scene(tmp_path, model("one", "0.10"), settings=settings) as scene:
        await scene.told("budget set $1/day --alerts <#brand>")
        await scene.told("quota grant <@grace> 4 --for 3d")
        await scene.taken("imagine a fox --count 4")
        await asyncio.gather(*(scene.say("imagine a hen --count 1") for _ in range(6)))
        used = await scene.quota()
        assert "7 of 7 images used, 0 left; 4 of it is a grant" in used
        assert "$0.70 of $1.00 used" in used
        chat = Chat()
        await asyncio.gather(*(looks(machine(scene, chat)) for _ in range(4)))
        assert chat.titles == ["The budget is 50 % used"]
        scene.passes(timedelta(days=1))
        await asyncio.gather(*(scene.say("imagine a hen") for _ in range(5)))
        assert "3 of 3 images used" in await scene.quota()
        assert "the nearest rule counts alone" in await scene.told("quota list")
        assert "$0.30 reserved" in await scene.told("budget show")
