"""The search page at `/`: rendered here, works without scripts, keeps no trace of what was asked."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
