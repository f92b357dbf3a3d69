"""Counters: what happened, as Prometheus reads it at `/metrics`.

Nothing in here hears a prompt or a person: labels are states, providers, models and kinds of error, which are few.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.errors import StoreFault

log = structlog.get_logger()

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600)
_MOMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3)
_PULSE = 0.25


class Counters:
    """A `bot.ports.Metrics` with a registry of its own."""

    def __init__(self, counts: Callable[[], Awaitable[Mapping[str, int]]]) -> None:
        """`counts` gives the unfinished jobs by state, as `Store.counts` does."""
        self._counts = counts
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        drawn_by = ("provider", "model")
        self._jobs = Gauge("limner_jobs", "Unfinished jobs by state.", ("state",), registry=registry)
        self._finished = Counter("limner_jobs_finished", "Jobs that are over, by outcome.", ("outcome", *drawn_by), registry=registry)
        self._images = Counter("limner_images_delivered", "Images delivered.", drawn_by, registry=registry)
        self._took = Histogram(
            "limner_job_seconds", "Seconds from start to finish of delivered jobs.", drawn_by, buckets=_SECONDS, registry=registry
        )
        self._acknowledged = Histogram(
            "limner_acknowledgement_seconds", "Seconds until an invocation was answered.", buckets=_MOMENTS, registry=registry
        )
        self._refused = Counter(
            "limner_refusals", "Invocations answered with a refusal or a fault, by class.", ("kind",), registry=registry
        )
        self._faulted = Counter("limner_provider_faults", "Faults of providers, by kind.", ("provider", "kind"), registry=registry)
        self._lag = Histogram(
            "limner_event_loop_lag_seconds", "Seconds by which the event loop came late.", buckets=_MOMENTS, registry=registry
        )

    def acknowledged(self, seconds: float) -> None:
        """An invocation was answered after so long."""
        self._acknowledged.observe(seconds)

    def refused(self, kind: str) -> None:
        """An invocation was answered with a refusal or a fault of this class."""
        self._refused.labels(kind=kind).inc()

    def finished(self, *, outcome: str, provider: str, model: str, images: int, seconds: float | None) -> None:
        """A job is over."""
        self._finished.labels(outcome=outcome, provider=provider, model=model).inc()
        if images:
            self._images.labels(provider=provider, model=model).inc(images)
        if seconds is not None:
            self._took.labels(provider=provider, model=model).observe(seconds)

    def faulted(self, *, provider: str, kind: str) -> None:
        """A provider could not do its work."""
        self._faulted.labels(provider=provider, kind=kind).inc()

    async def watch(self) -> None:
        """Measure the event loop's lag until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_PULSE)
            self._lag.observe(max(0.0, time.perf_counter() - began - _PULSE))

    async def page(self) -> bytes:
        """Everything counted, in Prometheus' text format (`MEDIA_TYPE`). Without the jobs by state while the journal cannot be read."""
        self._jobs.clear()
        try:
            for state, number in (await self._counts()).items():
                self._jobs.labels(state=state).set(number)
        except StoreFault as fault:
            log.warning("jobs by state are not counted just now", reason=str(fault))
        return generate_latest(self._registry)
