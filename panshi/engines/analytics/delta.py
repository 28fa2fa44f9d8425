"""The Delta table under the ledger: which Parquet files belong to which version, changed in atomic steps.

Data files are written and flushed first, then one log entry adds and removes files; killed in between, the table is
the old one and `tidy` sweeps up.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
from deltalake import DeltaTable, Field, Schema
from deltalake.exceptions import DeltaError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.tables import quoted

FILE_BYTES: Final = "128MB"
# Amounts rarely repeat; giving up on a dictionary early writes a quarter faster and the files grow by 3 %.
DICTIONARY_ENTRIES: Final = 5000
SHELF_HOURS: Final = 48
# The recorded version may be far behind the log's end; its entries must never be cleaned away.
CONFIGURATION: Final = {"delta.enableExpiredLogCleanup": "false"}
FAULTS: Final = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
    duckdb.InvalidInputException,
)
DELTA_TYPES: Final[Mapping[str, str]] = {
    "VARCHAR": "string",
    "BIGINT": "long",
    "DATE": "date",
    "DECIMAL(18, 4)": "decimal(18,4)",
}


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what the file system and the libraries raise into `StoreUnavailable`; the old version is untouched."""
    try:
        yield
    except (OSError, DeltaError, *FAULTS) as error:
        reason = str(error).strip().splitlines()
        raise StoreUnavailable(reason[0][:300] if reason else type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file already written into the table's folder, not yet part of any version."""

    path: Path
    rows: int


class VersionedFiles:
    """The files of one Delta table by version. A single writer is assumed; readers need no lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, columns: Mapping[str, str]) -> int:
        """Create the empty table unless it exists; the latest version."""
        with store_errors():
            if not DeltaTable.is_deltatable(str(self.folder)):
                self.folder.mkdir(parents=True, exist_ok=True)
                fields = [Field(name, PrimitiveType(DELTA_TYPES[kind])) for name, kind in columns.items()]
                DeltaTable.create(
                    str(self.folder), Schema(fields), mode="ignore", configuration=CONFIGURATION
                )
            return self.latest()

    def latest(self) -> int:
        """The newest version, committed to the relational database or not."""
        with store_errors():
            return DeltaTable(str(self.folder)).version()

    def files(self, version: int) -> tuple[Path, ...]:
        """The data files of a version, in a fixed order."""
        with store_errors():
            uris = DeltaTable(str(self.folder), version=version).file_uris()
            # Only the last two parts are ours and plain; the rest of a URI may be percent-encoded.
            return tuple(sorted(self.folder.joinpath(*uri.split("/")[-2:]) for uri in uris))

    def restore(self, version: int) -> int:
        """Make the content of `version` the latest again, if it is not; the version that now holds it."""
        with store_errors():
            latest = self.latest()
            if latest == version or self.files(latest) == self.files(version):
                return latest
            table = DeltaTable(str(self.folder))
            table.restore(version)
            return DeltaTable(str(self.folder)).version()

    @contextmanager
    def writing(self, connection: duckdb.DuckDBPyConnection) -> Iterator["_Writer"]:
        """Write new files; whatever goes wrong inside, none of them stays behind."""
        writer = _Writer(self.folder / f"part-{uuid.uuid4().hex}", connection)
        try:
            with store_errors():
                yield writer
        except BaseException:
            shutil.rmtree(writer.folder, ignore_errors=True)
            raise

    def commit(self, version: int, added: Sequence[DataFile], removed: Sequence[Path]) -> int:
        """Replace `removed` by `added` on top of `version` in one atomic step; the new version."""
        now = int(time.time() * 1000)
        with store_errors():
            table = DeltaTable(str(self.folder))
            if table.version() != version:
                raise StoreUnavailable(f"the store stands at version {table.version()}, not at {version}")
            actions: list[AddAction | RemoveAction] = [self._adding(each, now) for each in added]
            actions += [
                RemoveAction(self._relative(path), True, now, path.stat().st_size, {}) for path in removed
            ]
            table.create_write_transaction(actions, "append", table.schema())
            return DeltaTable(str(self.folder)).version()

    def tidy(self, version: int, hours: int = SHELF_HOURS) -> int:
        """Delete files that no current version needs and that are older than `hours`; how many."""
        with store_errors():
            self.restore(version)
            table = DeltaTable(str(self.folder))
            doomed = table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True)
            return len(doomed)

    def _adding(self, file: DataFile, now: int) -> AddAction:
        stats = json.dumps({"numRecords": file.rows})
        return AddAction(self._relative(file.path), file.path.stat().st_size, {}, now, True, stats)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


class _Writer:
    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.folder = folder
        self._connection = connection

    def write(self, query: str, parameters: Sequence[object] = ()) -> list[DataFile]:
        """Write the rows of a query as Parquet files and flush them to the disk; empty files are left out."""
        self.folder.mkdir(exist_ok=True)
        name = uuid.uuid4().hex
        copied = self._connection.execute(
            f"COPY ({query}) TO {quoted(self.folder)} (FORMAT parquet, FILE_SIZE_BYTES '{FILE_BYTES}', "
            f"DICTIONARY_SIZE_LIMIT {DICTIONARY_ENTRIES}, "
            f"FILENAME_PATTERN '{name}-{{i}}', RETURN_STATS, OVERWRITE_OR_IGNORE)",
            parameters,
        ).fetchall()
        written = [DataFile(Path(row[0]), int(row[1])) for row in copied]
        for file in written:
            flush(file.path)
        flush(self.folder)
        flush(self.folder.parent)
        return [file for file in written if file.rows]


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name; whoever finds the name finds the whole file, even after a power cut."""
    flush(part)
    part.replace(target)
    flush(target.parent)


def flush(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
