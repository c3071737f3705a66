"""What can go wrong, said so that the reader knows what, where, and how to mend it."""

from __future__ import annotations


class KnowledgeBaseError(Exception):
    """The root of all errors that are told to a person; `str(error)` is the whole message."""


class ConfigError(KnowledgeBaseError):
    """`kb.toml` says something that cannot be meant."""


class ReadError(KnowledgeBaseError):
    """A source cannot be read; the message is the reason, in a few words, without the source's name."""


class Withdrawn(ReadError):
    """A source has nothing to give, and is not only hard to read: it is empty, a draft, a copy of another."""


class LimitError(ReadError):
    """A source is beyond what is read: too large, too deep, too slow."""


class WriterBusy(KnowledgeBaseError):
    """Another process is writing to this knowledge base."""


class StorageFull(KnowledgeBaseError):
    """The disk has no room for what was to be written; nothing of it was kept."""


class NotFound(KnowledgeBaseError):
    """A document, a collection or a passage that is asked for by name does not exist."""


class Stale(KnowledgeBaseError):
    """A place in a list of results that there is no longer, since the index is another."""


class Gone(KnowledgeBaseError):
    """What is asked for was there once, and is no longer kept."""


class Changed(KnowledgeBaseError):
    """A document is not the version that a write was meant for."""


class NotReady(KnowledgeBaseError):
    """There is no index, or none that can be opened; the message names the command that mends it."""


class Damaged(NotReady):
    """Bytes on the disk are not the bytes that were written."""


class ModelMismatch(NotReady):
    """The index was made with another model than the one that is configured."""


class ModelError(KnowledgeBaseError):
    """A model cannot be loaded, prepared or trusted."""


class QueryError(KnowledgeBaseError):
    """A question that is beyond the limits; `field` names the part of the request."""

    def __init__(self, message: str, field: str = "query") -> None:
        super().__init__(message)
        self.field = field


class TooLate(KnowledgeBaseError):
    """The deadline passed before there was an answer."""
