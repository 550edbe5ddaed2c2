"""`python -m raumblick.sbom`: the lock file and the list of parts (SBOM) of what Raumblick needs to run.

pip resolves `requirements.txt` without installing anything; from its report come `requirements.lock` (every package with
version and checksum, for Linux on x86_64 with the Python that runs this) and `docs/sbom.json` (CycloneDX 1.6, with licences
and who needs whom). Neither holds a time or an address: the same report gives the same files.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from raumblick import __version__
from raumblick.settings import ROOT

LOCK, SBOM = ROOT / "requirements.lock", ROOT / "docs" / "sbom.json"
_HEAD = "# Made by `make sbom`: what requirements.txt resolves to on Linux x86_64. For `pip install --require-hashes -r`.\n"
# Packages whose metadata name no licence that a machine can read; looked up in their licence texts.
_READ = {
    "streamlit-folium": "MIT", "xstatic-leaflet": "BSD-2-Clause", "xstatic-jquery": "MIT", "protobuf": "BSD-3-Clause",
    "pydeck": "Apache-2.0", "itsdangerous": "BSD-3-Clause", "jinja2": "BSD-3-Clause", "scipy": "BSD-3-Clause",
    "altair": "BSD-3-Clause",
}  # fmt: skip
_SHORT = re.compile(r"[A-Za-z0-9.+-]{2,30}( (AND|OR) [A-Za-z0-9.+-]{2,30})*")
_CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def plain(name: str) -> str:
    """The name of a package as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(metadata: Mapping[str, Any]) -> str:
    """The SPDX expression of a package's licence, from its metadata or what was looked up; "" where it is not known."""
    if found := metadata.get("license_expression"):
        return str(found)
    if found := _READ.get(plain(metadata["name"])):
        return found
    by_class = [_CLASSIFIERS[text] for text in metadata.get("classifier", ()) if text in _CLASSIFIERS]
    if by_class:
        return by_class[0]
    text = str(metadata.get("license") or "").strip()
    return text if _SHORT.fullmatch(text) else ""


def lock(parts: Sequence[Mapping[str, Any]]) -> str:
    """Text of the lock file. `parts` as in the report of pip; each must have a checksum."""
    lines = [f"{plain(p['metadata']['name'])}=={p['metadata']['version']} --hash=sha256:{_checksum(p)}\n" for p in parts]
    return _HEAD + "".join(sorted(lines))


def sbom(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The list of parts as CycloneDX 1.6; `parts` as in the report of pip."""
    known = {plain(p["metadata"]["name"]): _ref(p) for p in parts}
    own = {"type": "application", "bom-ref": "raumblick", "name": "raumblick", "version": __version__}
    asked = sorted(_ref(p) for p in parts if p.get("requested"))
    needs = [{"ref": "raumblick", "dependsOn": asked}]
    needs += [{"ref": _ref(p), "dependsOn": _needs(p["metadata"], known)} for p in _ordered(parts)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"expression": "EUPL-1.2"}]}},
        "components": [_component(part) for part in _ordered(parts)],
        "dependencies": needs,
    }


def main() -> None:
    """Ask pip and write both files."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", str(report)]
        subprocess.run([*command, "-r", str(ROOT / "requirements.txt")], check=True)
        parts = json.loads(report.read_text(encoding="utf-8"))["install"]
    LOCK.write_text(lock(parts), encoding="utf-8")
    SBOM.write_text(json.dumps(sbom(parts), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _ordered(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(parts, key=_ref)


def _ref(part: Mapping[str, Any]) -> str:
    return f"pkg:pypi/{plain(part['metadata']['name'])}@{part['metadata']['version']}"


def _checksum(part: Mapping[str, Any]) -> str:
    return str(part["download_info"]["archive_info"]["hashes"]["sha256"])


def _component(part: Mapping[str, Any]) -> dict[str, Any]:
    about = part["metadata"]
    return {
        "type": "library",
        "bom-ref": _ref(part),
        "name": about["name"],
        "version": about["version"],
        "purl": _ref(part),
        "hashes": [{"alg": "SHA-256", "content": _checksum(part)}],
        "licenses": [{"expression": licence_of(about)}],
    }


def _needs(metadata: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """Packages of the list that this one asks for without an extra."""
    asked = [text for text in metadata.get("requires_dist", ()) if "extra ==" not in text]
    names = (plain(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in asked)
    return sorted({known[name] for name in names if name in known})


if __name__ == "__main__":
    main()
