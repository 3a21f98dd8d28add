"""Known faults of the libraries that run (requirements.txt), as pip-audit learns them from PyPI, else from OSV.

Where neither answers this is skipped and says why. « None known » is only said when every library was looked up: a
service that cannot be reached, or that knows none of our libraries, has found nothing because it looked at nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ask(service: str) -> tuple[list[dict], str]:
    """What the service says of each library; or nothing, and why."""
    argv = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        "requirements.txt",
        "--no-deps",
        "--disable-pip",
    ]
    argv += [
        "--vulnerability-service",
        service,
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "20",
    ]
    try:
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        return [], f"{service}: no answer within 300 s"
    try:
        found: list[dict] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["no answer"]
        return [], f"{service}: {said[-1].strip()}"
    return found, ""


def test_no_library_has_a_known_fault():
    pinned = {
        line.partition("==")[0]
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line
    }
    reasons = []
    for service in ("pypi", "osv"):
        found, reason = ask(service)
        looked_up = {one["name"]: one.get("vulns", []) for one in found if "skip_reason" not in one}
        faults = [
            f"{name}: {fault['id']}, mended in {fault['fix_versions']}"
            for name, of in looked_up.items()
            for fault in of
        ]
        assert not faults, "\n".join(faults)
        if looked_up and len(looked_up) >= len(found) >= len(pinned) * 0.9:  # others are for other systems
            return
        reasons.append(
            reason or f"{service}: {len(found) - len(looked_up)} of {len(found)} libraries are unknown to it"
        )
    pytest.skip(f"nothing was audited: {'; '.join(reasons)}")
