"""Serve the documentation of the JSON API at /docs if SAWT_API_DOCS is set: Swagger UI from local files only."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse

from api.web.deps import context_of

_TEMPLATES, _SWAGGER_UI = Path(__file__).parent / "templates", Path(__file__).parent / "swagger_ui"
_FILES = {
    "docs.js": (_TEMPLATES, "text/javascript"),
    "swagger-ui-bundle.js": (_SWAGGER_UI, "text/javascript"),
    "swagger-ui.css": (_SWAGGER_UI, "text/css"),
}
# The strictest policy under which Swagger UI works (tests/browser/test_docs.py): its style sheet contains icons as data
# URLs, and it only connects to this host.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


async def _require_enabled(request: Request) -> None:
    """Answer 404 unless SAWT_API_DOCS enables these pages."""
    if not context_of(request).documented:
        raise HTTPException(404)


router = APIRouter(prefix="/docs", include_in_schema=False, dependencies=[Depends(_require_enabled)])


@router.get("")
async def page() -> FileResponse:
    """Serve the Swagger UI page. An access token entered there stays in the browser's memory; nothing is stored."""
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return FileResponse(_TEMPLATES / "docs.html", media_type="text/html", headers=headers)


@router.get("/{name}")
async def file(name: str) -> FileResponse:
    """Serve one of the scripts and style sheets of the Swagger UI page. Answers 404 for any other name."""
    if name not in _FILES:
        raise HTTPException(404)
    folder, kind = _FILES[name]
    return FileResponse(folder / name, media_type=kind, headers={**_HEADERS, "Cache-Control": "max-age=3600"})
