"""Nothing secret, and nobody's phone, lies in the repository."""

from __future__ import annotations

import re

from tests.architecture.tree import files, name, read

KINDS = (".py", ".lua", ".js", ".html", ".md", ".yml", ".yaml", ".toml", ".json", ".env", "")

SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bxox[bap]-\w+|"
    r"(?i:\b(?:password|passwd|api_key|secret_key)\s*[:=]\s*[\"'](?!\$|\{)[^\"'\s]{8,}[\"'])|"
    r"[a-z]+://[^/\s:@{}]+:[^/\s:@{}]{4,}@(?!localhost)"
)

PHONE = re.compile(r"\+7\d{10}\b")
INVENTED = re.compile(r"\+7(9\d{2}(1234567|0000000|5550\d{3})|9123456789|900\d{7}|(\d)\3{9})")
"""Numbers of examples and of the simulator: +7 900 is dialled by nobody here."""


def test_no_secret_lies_in_the_repository():
    found = [
        f"{name(path)}: {hit[0][:20]}…"
        for path in files(*KINDS)
        if path.name != "uv.lock" and "tests" not in path.parts
        for hit in SECRET.finditer(read(path))
    ]
    assert found == []


def test_no_phone_lies_where_the_code_is():
    """Outside tests, whose numbers are invented, none is written out at all."""
    found = [
        f"{name(path)}: {hit[0]}"
        for path in files(*KINDS, under=("contracts", "services", "deploy", "docs"))
        for hit in PHONE.finditer(read(path))
        if not INVENTED.fullmatch(hit[0])
    ]
    assert found == []
