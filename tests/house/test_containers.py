"""The container files say what they should; building them needs an engine that tests do not have."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def test_every_secret_must_be_given() -> None:
    """No password, key or token has a default."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for name in ("PANSHI_SECRET_KEY", "PANSHI_AUDIT_KEY", "POSTGRES_PASSWORD"):
        used = re.findall(rf"\$\{{{name}[^}}]*\}}", text)
        assert used
        assert all(":?" in each for each in used)
    assert re.findall(r"\$\{PANSHI_ADMIN_PASSWORD:?-?[^}]*\}", text) == ["${PANSHI_ADMIN_PASSWORD:-}"]


def test_the_services_are_web_work_database_and_queue() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"prepare", "web", "work", "db", "redis"}
    for name in ("web", "work", "prepare"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgres://")
        assert services[name]["environment"]["REDIS_URL"]
    assert services["web"]["ports"] == ["${PANSHI_PUBLISH:-127.0.0.1:8000}:8000"], (
        "reachable from this machine only"
    )


def test_every_name_of_the_containers_is_explained() -> None:
    named = set(COMPOSE["services"]["web"]["environment"]) | set(
        re.findall(r"PANSHI_[A-Z_]+(?==)", DOCKERFILE)
    )
    assert {name for name in named if name not in EXAMPLE} == set()


def test_the_image_runs_as_nobody_in_particular_and_asks_after_its_health() -> None:
    last = DOCKERFILE.split("FROM ")[-1]
    assert re.search(r"^USER panshi$", last, re.MULTILINE)
    assert "/readyz" in last
    assert "--require-hashes" in DOCKERFILE


def test_what_the_program_reads_is_packed_with_it() -> None:
    """Every kind of data file under `panshi` is named in the package data, or an installed copy would lack it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    globs = project["tool"]["setuptools"]["package-data"]["panshi"]
    kinds = {
        path.suffix for path in (ROOT / "panshi").rglob("*")
        if path.is_file() and "static" not in path.parts and "__pycache__" not in path.parts
    } - {".py", ""}  # fmt: skip
    assert {kind for kind in kinds if f"**/*{kind}" not in globs} == set()
