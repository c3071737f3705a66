"""A span for each request, for OpenTelemetry: route, status, request id; never words or ids of documents.

Needs the `otel` extra, and `tracing = true` under `[service]`. Where spans go is said by OpenTelemetry's own
environment variables (OTEL_EXPORTER_OTLP_ENDPOINT and the like), which its library reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider


def provider() -> TracerProvider:
    """What sends spans as OTLP over HTTP. Raises ConfigError where the extra is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError(
            "[service] tracing needs the 'otel' extra. In a checkout: pip install '.[otel]'"
        ) from None
    sending = TracerProvider(resource=Resource.create({"service.name": "kb"}))
    sending.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return sending


class Traced:
    """Tells of each request, as a part of its caller's trace where that names one (`traceparent`)."""

    def __init__(self, app: ASGIApp, provider: TracerProvider) -> None:
        self._app = app
        self._tracer = provider.get_tracer("kb")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carried = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name == b"traceparent"
        }
        context = TraceContextTextMapPropagator().extract(carried)
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        # An error's own words may hold what was asked: neither event nor status carries them.
        with self._tracer.start_as_current_span(
            scope["method"],
            context,
            SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                await self._app(scope, receive, watched)
            finally:
                route = str(getattr(scope.get("route"), "path", "none"))
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.request.method", scope["method"])
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("kb.request_id", scope["state"]["request_id"])
                if not 0 < status < 500:
                    span.set_status(Status(StatusCode.ERROR))
