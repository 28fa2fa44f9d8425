"""Where contents lie: by their hash, on disk or in any storage Django knows, whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import IO, Any, Final

from django.core.files import File as Chunks
from django.core.files.storage import FileSystemStorage, Storage, storages

PART: Final = ".part-"
"""How a file on its way begins; the sweep removes what a dying process left."""


class WholeFiles(FileSystemStorage):
    """A folder in which a file appears under its name only once it is complete and on disk."""

    def _save(self, name: str, content: "Chunks[bytes]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle, part = tempfile.mkstemp(prefix=PART, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: equal hashes are equal bytes, and writing them again does no harm."""
        return name


def storage() -> Storage:
    """The storage of attachments (setting `STORAGES["attachments"]`)."""
    return storages["attachments"]


def place_of(sha256: str) -> str:
    """The path of a content."""
    return f"content/{sha256[:2]}/{sha256}"


def preview_place(sha256: str, size: str) -> str:
    """The path of a picture of a content: `small` for lists, `large` to look at."""
    return f"preview/{sha256[:2]}/{sha256}.{size}.webp"


def keep(sha256: str, file: IO[bytes]) -> None:
    """Store the bytes of a hash unless they are there."""
    if not storage().exists(place_of(sha256)):
        file.seek(0)
        storage().save(place_of(sha256), Chunks(file))


def open_content(sha256: str) -> Any:
    """The bytes, opened for reading; `FileNotFoundError` when the storage lost them."""
    return storage().open(place_of(sha256), "rb")


def forget(sha256: str) -> None:
    """Remove the bytes of a hash and its pictures."""
    for place in (place_of(sha256), preview_place(sha256, "small"), preview_place(sha256, "large")):
        storage().delete(place)


def open_preview(sha256: str, size: str) -> Any:
    """A picture of a content; `FileNotFoundError` when there is none."""
    return storage().open(preview_place(sha256, size), "rb")
