"""`python -m tests.wire.slack`: a small Slack to try Limner against by hand. It says which environment to use, and ends with Ctrl+C."""

import asyncio
import sys

from tests.wire.slack.server import open_slack


async def serve() -> None:
    async with open_slack() as server:
        sys.stdout.write(
            f"export BOT_PLATFORMS=slack\n"
            f"export SLACK_API_URL={server.api_url}\n"
            f"export SLACK_BOT_TOKEN={server.bot_token}\n"
            f"export SLACK_APP_TOKEN={server.app_token}\n"
            f"# For SLACK_MODE=http: export SLACK_SIGNING_SECRET={server.signing_secret}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        sys.exit(0)
