"""Adapters: everything with a vendor's name on it.

`platforms/` one folder per chat platform, `providers/` one file per image provider, `moderators/` one file per moderator, `web/` the HTTP
server, `calls/` how providers and moderators speak to services over HTTP (it knows no vendor). Adapters see `bot.ports`, `bot.model`,
`bot.errors`, `bot.plugins` and `bot.grammar`; they never see each other, the commands or the storage; only `calls` is for all of them.
Each translates at its edge: their dialect in, our nouns out; their errors in, ours out.
"""
