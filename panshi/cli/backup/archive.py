"""The backup as a file: a tar whose first member, `manifest.json`, names every other with its size and hash.

A cut or altered file is found out before anything of it is used.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from panshi.cli.house import Fault

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
PIECE: Final = 1024 * 1024
_LONGEST_MANIFEST: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One member: its name in the archive, its bytes on disk while it is made, their size and SHA-256."""

    name: str
    path: Path
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, path: Path) -> "Part":
        """Measure a finished file."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        return cls(name, path, path.stat().st_size, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    `migrations` are the leaf migrations by app, `rows` the rows by table, `keys` the fingerprints of the secrets the
    data was written with, `ledger` the version of the ledger store, None before its first batch.
    """

    product: str
    made_at: str
    vendor: str
    migrations: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    keys: Mapping[str, str]
    ledger: int | None
    parts: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def text(self) -> str:
        """The manifest as JSON."""
        return json.dumps(
            {
                "format": FORMAT, "product": self.product, "made_at": self.made_at, "vendor": self.vendor,
                "migrations": self.migrations, "rows": self.rows, "keys": self.keys, "ledger": self.ledger,
                "parts": self.parts,
            },
            ensure_ascii=False, indent=1, sort_keys=True,
        )  # fmt: skip

    @classmethod
    def read(cls, text: str) -> "Manifest":
        """From JSON; `Fault` when it is none of ours."""
        try:
            said: dict[str, Any] = json.loads(text)
            if said["format"] != FORMAT:
                raise Fault(
                    f"This backup has format {said['format']}; this version of Panshi reads {FORMAT}."
                )
            return cls(
                product=str(said["product"]),
                made_at=str(said["made_at"]),
                vendor=str(said["vendor"]),
                migrations={str(app): tuple(map(str, names)) for app, names in said["migrations"].items()},
                rows={str(table): int(count) for table, count in said["rows"].items()},
                keys={str(name): str(mark) for name, mark in said["keys"].items()},
                ledger=None if said["ledger"] is None else int(said["ledger"]),
                parts={str(name): (int(size), str(mark)) for name, (size, mark) in said["parts"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Fault("This is no backup of Panshi: its manifest cannot be read.") from error


def write_archive(target: Path, manifest: Manifest, parts: list[Part]) -> None:
    """Write the tar beside its final name and put it in place whole."""
    draft = target.with_name(f".{target.name}.part")
    text = manifest.text().encode()
    try:
        with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as tar:
            head = tarfile.TarInfo(MANIFEST)
            head.size = len(text)
            tar.addfile(head, io.BytesIO(text))
            for part in parts:
                member = tarfile.TarInfo(part.name)
                member.size = part.size
                with part.path.open("rb") as file:
                    tar.addfile(member, file)
        draft.chmod(0o600)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator["Reader"]:
    """Open a backup for reading; `Fault` for what is none."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield Reader(path, tar)
    except tarfile.TarError as error:
        raise Fault(f"{path} is no whole backup: it is cut off or damaged ({error}).") from error


class Reader:
    """A backup opened for reading: its manifest, and its parts checked against it while they are unpacked."""

    def __init__(self, path: Path, tar: tarfile.TarFile) -> None:
        self._path, self._tar = path, tar
        head = tar.next()
        if head is None or head.name != MANIFEST or head.size > _LONGEST_MANIFEST:
            raise Fault(f"{path} is no backup of Panshi: it does not begin with its manifest.")
        self.manifest = Manifest.read(self._bytes(head).decode("utf-8", "replace"))

    def unpack(self, folder: Path) -> None:
        """Put every part under `folder`; `Fault` when one is missing, cut off, altered or not named."""
        left = dict(self.manifest.parts)
        while member := self._tar.next():
            expected = left.pop(member.name, None)
            if expected is None or not member.isreg() or not _stays_inside(member.name):
                raise Fault(f"{self._path} holds {member.name}, which its manifest does not name.")
            source = self._tar.extractfile(member)
            assert source is not None
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            size, mark = _copy(source, target)
            if (size, mark) != expected:
                raise Fault(f"{self._path} is damaged: {member.name} is not what was backed up.")
        if left:
            raise Fault(
                f"{self._path} is cut off: {len(left)} of {len(self.manifest.parts)} parts are missing."
            )

    def _bytes(self, member: tarfile.TarInfo) -> bytes:
        source = self._tar.extractfile(member)
        content = source.read() if source else b""
        if len(content) != member.size:
            raise Fault(f"{self._path} is cut off.")
        return content


def _stays_inside(name: str) -> bool:
    """Whether a member's name leads nowhere but below the folder it is unpacked into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _copy(source: IO[bytes], target: Path) -> tuple[int, str]:
    """Copy a stream to a new file; its size and hash."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return size, digest.hexdigest()


@contextmanager
def packed(path: Path) -> Iterator[gzip.GzipFile]:
    """A new gzip file to write; fast rather than small, without its name or time, so that equal data are equal."""
    with path.open("xb") as raw, gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as file:
        yield file
