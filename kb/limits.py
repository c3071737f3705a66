"""Every limit, in one place, with the value that holds unless `[limits]` in `kb.toml` says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused rather than tried. Sizes are bytes, times are seconds."""

    # a question
    query_characters: int = 512
    query_terms: int = 32
    results: int = 50
    filter_values: int = 16  # of each filter
    batch_queries: int = 50
    search_body: int = 16 * 1024
    search_deadline: float = 2.0
    body_deadline: float = 10.0

    # the service
    upload_body: int = 25 * MEGABYTE
    bulk_lines: int = 100_000  # of one stream; their ids are remembered while it lasts
    concurrency: int = 4  # 2 x cores of the machine it is meant for
    queue: int = 64
    address_requests: int = 60  # a minute, of one address without a key or with a page's key
    address_suggestions: int = 300  # a minute: they come while somebody types
    key_requests: int = 600  # a minute, where the key has no rate of its own
    disk_watermark: float = 0.90  # a fuller disk takes no writes

    # a source
    file_bytes: int = 50 * MEGABYTE
    parse_cpu: float = 20.0
    parse_wall: float = 60.0
    parse_memory: int = 768 * MEGABYTE
    characters: int = 5_000_000
    passages: int = 20_000
    html_bytes: int = 10 * MEGABYTE
    html_nodes: int = 200_000
    html_depth: int = 512
    pdf_pages: int = 2_000
    zip_bytes: int = 25 * MEGABYTE
    zip_entries: int = 2_000
    zip_unpacked: int = 200 * MEGABYTE
    zip_ratio: int = 200
