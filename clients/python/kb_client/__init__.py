"""A client of a kb service. `Client` waits for its answers; `AsyncClient` is awaited."""

from kb_client.async_client import AsyncClient
from kb_client.client import Client
from kb_client.errors import KbError
from kb_client.types import Answer, Change, Checked, Context, Document, Notice, Refused, Result, Written

__all__ = [
    "Answer",
    "AsyncClient",
    "Change",
    "Checked",
    "Client",
    "Context",
    "Document",
    "KbError",
    "Notice",
    "Refused",
    "Result",
    "Written",
]
