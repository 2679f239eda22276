"""Traces in OpenTelemetry's form: a span for each request, and one for each of its parts.

Comes in: the headers of a request, W3C Trace Context (https://www.w3.org/TR/trace-context/) or B3
(https://github.com/openzipkin/b3-propagation). Goes out: spans over OTLP, sent by a thread of their own,
and headers of the answer in the form that came. Never: a row, a path, a name that a caller has made up; a
request that fails or waits because nobody takes its trace.

Nothing here is imported while the setting ``otel.endpoint`` is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detectory.errors import MissingExtra
from detectory.serve.observed import TRACE_ID, route_of
from detectory.serve.problems import REQUEST_ID
from detectory.serve.spans import Spans, timing
from detectory.settings import Otel

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.propagators.textmap import TextMapPropagator
    from opentelemetry.trace import Span, Tracer

PATH = "/v1/traces"
SEND_S = 3.0  # with every try again; a server that stops waits no longer for a peer that is away
W3C = frozenset({"traceparent", "tracestate"})
B3 = frozenset({"b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})


@dataclass(frozen=True, slots=True)
class Tracing:
    """What begins spans, reads and writes headers, and at the end sends what is left."""

    tracer: Tracer
    w3c: TextMapPropagator
    b3: TextMapPropagator
    b3_single: TextMapPropagator
    finish: Callable[[], None]

    def context_of(self, headers: Mapping[str, str]) -> Context:
        """The trace that the caller is in; where both forms are sent, W3C counts."""
        return self.w3c.extract(headers, context=self.b3.extract(headers))

    def headers_of(self, span: Span, asked: Mapping[str, str]) -> dict[str, str]:
        """The span as headers, in the forms that were asked in; W3C where there was none."""
        from opentelemetry.trace import set_span_in_context

        context, told = set_span_in_context(span), dict[str, str]()
        if "b3" in asked:
            self.b3_single.inject(told, context)
        elif "x-b3-traceid" in asked:
            self.b3.inject(told, context)
        if "traceparent" in asked or not told:
            self.w3c.inject(told, context)
        return told


def tracing_of(otel: Otel, *, version: str) -> Tracing:
    """Set up what the settings say. Raises `MissingExtra` where OpenTelemetry is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
    except ImportError as error:
        raise MissingExtra("opentelemetry", extra="otel", because="to send traces") from error
    resource = Resource.create({"service.name": otel.service, "service.version": version})
    provider = TracerProvider(ParentBasedTraceIdRatio(otel.sample), resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(otel.endpoint.rstrip("/").removesuffix(PATH) + PATH, timeout=SEND_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(
        provider.get_tracer("detectory", version),
        TraceContextTextMapPropagator(),
        B3MultiFormat(),
        B3SingleFormat(),
        provider.shutdown,
    )


class Traced:
    """A layer that gives each request a span, and its parts spans below it."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app, self._tracing = app, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = headers_in(scope)
        with self._span(scope, asked) as span:
            added = [
                (name.encode(), value.encode())
                for name, value in self._tracing.headers_of(span, asked).items()
            ]

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = (*message["headers"], *added)
                    _answered(span, message["status"])
                await send(message)

            await self._app(scope, receive, sending)

    @contextmanager
    def _span(self, scope: Scope, asked: Mapping[str, str]) -> Iterator[Span]:
        from opentelemetry.trace import SpanKind, format_trace_id, set_span_in_context

        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        context = self._tracing.context_of(asked)
        span = self._tracing.tracer.start_span(method, context, kind=SpanKind.SERVER)
        scope[TRACE_ID] = format_trace_id(span.get_span_context().trace_id)
        parts = _parts(self._tracing.tracer, set_span_in_context(span)) if span.is_recording() else None
        try:
            with timing(parts):
                yield span
        finally:
            span.update_name(f"{method} {route_of(scope)}")
            span.set_attributes(
                {
                    "http.request.method": method,
                    "http.route": route_of(scope),
                    "detectory.request_id": scope[REQUEST_ID],
                }
            )
            span.end()


def headers_in(scope: Scope) -> dict[str, str]:
    """The headers of a request that tell of a trace.

    >>> headers_in({"headers": [(b"b3", b"0"), (b"cookie", b"1")]})
    {'b3': '0'}
    """
    found = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return {name: value for name, value in found if name in W3C or name in B3}


def _parts(tracer: Tracer, context: Context) -> Spans:
    """Spans below one; they know their parent, so that a thread of its own may open them."""

    def part(name: str) -> AbstractContextManager[object]:
        return tracer.start_as_current_span(name, context)

    return part


def _answered(span: Span, status: int) -> None:
    from opentelemetry.trace import StatusCode

    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
