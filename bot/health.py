"""Health: how each model fares right now, so that a broken one is left alone until one probe says that it is back.

The breaker is interlock-cb's, one for each provider and model, in this process: a second machine finds out by itself within a few calls.
A refusal and a request that the model does not take are no ill health. Latencies are those of the last hundred finished jobs here.
"""

import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from interlock import CircuitBreaker, CircuitOpenError, Config, State

from bot.errors import FaultKind, ProviderFault

_ILL = frozenset({FaultKind.UNAVAILABLE, FaultKind.TIMEOUT, FaultKind.CREDENTIALS, FaultKind.CREDIT})
_OPEN_FOR = 30.0
_CONFIG = Config(
    failure_rate_threshold=0.5,
    minimum_number_of_calls=4,
    window_size=20,
    # How long a picture takes is the model's nature, not its health.
    slow_call_duration_threshold=86_400.0,
    permitted_calls_in_half_open=1,
    max_concurrent_probes=1,
    wait_duration_in_open=_OPEN_FOR,
    wait_duration_backoff_multiplier=2.0,
    wait_duration_in_open_max=600.0,
)
_KEPT = 100


@dataclass
class _Model:
    breaker: CircuitBreaker
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    closed_off: float = 0.0
    """When the next probe may go, on the monotonic clock."""


class Health:
    """What is known of every model that was asked since the start."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._models: dict[str, _Model] = {}

    @asynccontextmanager
    async def watch(self, name: str) -> AsyncGenerator[None]:
        """Around one call to `provider/model`.

        Raises:
            ProviderFault: UNAVAILABLE and not accepted, without a call, while the model is left alone.
        """
        model = self._model(name)
        try:
            async with model.breaker:
                yield
        except CircuitOpenError as shut:
            wait = max(1.0, shut.retry_after or 1.0)
            model.closed_off = self._clock() + wait
            raise ProviderFault(
                f"{name} failed again and again and is left alone for {wait:.0f} s.",
                kind=FaultKind.UNAVAILABLE,
                retry_after=wait,
                accepted=False,
                advice=f"It failed again and again; it is asked again in {wait:.0f} s. Try then, or another model.",
            ) from None
        except ProviderFault:
            if model.breaker.state is State.OPEN:
                model.closed_off = max(model.closed_off, self._clock() + _OPEN_FOR)
            raise

    def well(self, name: str) -> bool:
        """Whether `provider/model` may be asked: it is not left alone, or a probe is due."""
        model = self._models.get(name)
        return model is None or model.breaker.state is not State.OPEN or self._clock() >= model.closed_off

    def finished(self, name: str, seconds: float) -> None:
        """A job of `provider/model` took so long."""
        self._model(name).seconds.append(seconds)

    def latency(self, name: str) -> tuple[float, float] | None:
        """Median and 95th percentile in seconds of the last jobs here, or None before the first."""
        model = self._models.get(name)
        return (_quantile(model.seconds, 0.5), _quantile(model.seconds, 0.95)) if model and model.seconds else None

    def _model(self, name: str) -> _Model:
        if name not in self._models:
            breaker = CircuitBreaker(name=name, config=_CONFIG, classifier=_Illness(), clock=_Clock(self._clock))
            self._models[name] = _Model(breaker)
        return self._models[name]


@dataclass(frozen=True)
class _Clock:
    """Our clock, as the breaker asks for it."""

    monotonic: Callable[[], float]


class _Illness:
    """Which outcomes count against a model."""

    def is_failure(self, *, result: object, exception: Exception | None) -> bool:
        """Whether a call counts against the model."""
        del result
        return isinstance(exception, ProviderFault) and exception.kind in _ILL


def _quantile(values: Sequence[float] | deque[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
