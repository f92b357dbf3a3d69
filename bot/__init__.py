"""The hub: what the bot is, says and allows. No vendor's name in here.

    __main__.py    the `limner` command line (doctor.py, ledger.py and shell.py are some of its commands)
    app.py         the composition root: the one place where the four packages meet
    dispatch.py    invocation -> command; the one place where an error becomes a sentence
    worker/        moves one job one saved step forward: drawing (providers), telling (people), reviewing, alerts, upkeep
    command.py     what a command is: Command, Context, Options
    records/       the audit, what is kept about whom and for how long, statistics
    pausing.py     nothing new for a while; what waits goes on afterwards
    jobs/          what a person may do with jobs: submitting (the one way in), finding, acts
    reviews/       what waits for a person to decide, and what follows from it
    routing.py     which provider and model serve a request, and how the request is fitted to the model
    moderation/    moderators say what they find, the policy of the place what follows; the strictest verdict wins
    quotas/        how much people, channels and workspaces may use, in images and in money
    roles/         who is what, and who may do what where
    accounts.py    one person on several platforms
    preferences.py how a channel or workspace wants things: where results go, what reactions say
    decisions.py   the one way in which admins' rules are made: before, after, undo, on record
    ports/         the sockets: ChatPlatform, ImageProvider, Moderator, Store, Queue, Files, Metrics
    says/          every sentence and every card the bot shows
    grammar/       how a command reads as plain text
    options.py     how a Request reads as options, declared once
    health.py      how each model fares, so that a broken one is left alone
    imaging/       what Limner does to pictures itself: checks, copies, thumbnails, metadata
    plugins.py     how a file becomes part of the bot
    config.py      the only module that reads the environment
    logs.py        the log
    model/         the nouns
    errors.py      everything that can go wrong, as a tree

The rule: each line may use the lines below it, never above; everybody may import `bot`, and `bot` imports no spoke except in `app.py`.
import-linter holds it, and a module that nobody placed fails the build.

A job's way: a platform makes an Invocation; `dispatch` finds the command; `jobs` asks roles and moderation, fits the request to a model and
writes the job with its quota in one transaction; the queue wakes `worker`, which asks the provider and then tells people. The journal is
the truth: whatever dies, the next start goes on from what is written there.

Reasons, where the shape differs from what one might expect:

- `says` stands above `grammar` and `options`: the line to copy is written by the same grammar that reads it.
- Every admin's decision is a rule with a kind, a subject and a slot (`model/rule.py`), settings of channels included: so all of them have
  before and after, an undo and an entry in the audit, written in one transaction, and none needs a table of its own.
- `worker`, `jobs`, `ports`, `quotas`, `roles`, `reviews`, `records`, `moderation`, `says`, `grammar`, `imaging` and `model`
  are packages, because each outgrew a page; each one's docstring is its map.
- Inputs travel beside a request (`ImageProvider.submit(request, inputs, key=...)`), so that a provider never needs the files.
- `ChatPlatform.run` gets a Hub with two questions, `handle` and `complete`, because platforms complete option values as people type.
- The queue has a lane for each provider and one for telling people, so that a card or a cancel never waits behind drawing.
"""
