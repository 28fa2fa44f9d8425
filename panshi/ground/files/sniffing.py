"""What a file really is, by its bytes: its name is only a claim. Nothing is unpacked, so no archive explodes here."""

import struct
import zipfile
from typing import IO, Final

import filetype

HEAD: Final = 8192
MOST_PARTS: Final = 20_000
"""More entries than any office document has; a directory longer than this is not read on."""

_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"#!")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_PARTS: Final = (
    ("EncryptedPackage", "office_locked"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__substg1.0_", "msg"),
    ("__properties_version1.0", "msg"),
)
_ZIP_PARTS: Final = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
)
_OPEN_DOCUMENTS: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_GUESSED: Final = {
    "jpg": "jpg", "png": "png", "apng": "png", "gif": "gif", "webp": "webp", "bmp": "bmp", "tif": "tif",
    "heic": "heic", "avif": "heic", "dwg": "dwg", "mp3": "mp3", "m4a": "m4a", "wav": "wav", "amr": "amr",
    "mp4": "mp4", "m4v": "mp4", "mov": "mp4", "rar": "rar", "7z": "7z", "rtf": "rtf",
}  # fmt: skip


def real_type(file: IO[bytes]) -> str:
    """The code of a file's real type; `text`, `program`, `macro`, `empty` or `unknown` where it is no type of ours.

    Leaves the file at its beginning.
    """
    file.seek(0)
    head = file.read(HEAD)
    try:
        return _of(head, file)
    finally:
        file.seek(0)


def _of(head: bytes, file: IO[bytes]) -> str:
    if not head:
        return "empty"
    if head.startswith(_PROGRAMS):
        return "program"
    return "pdf" if b"%PDF-" in head[:1024] else _of_document(head, file)


def _of_document(head: bytes, file: IO[bytes]) -> str:
    """Containers by what they hold, then what a library knows by its first bytes, then text."""
    if head.startswith(_OLE):
        return _ole(head, file)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(file)
    guess = filetype.guess(head)
    if guess is not None:
        return _GUESSED.get(guess.extension, guess.extension)
    return _written(head)


def _ole(head: bytes, file: IO[bytes]) -> str:
    """Which program's document an OLE container is, by the names in the first sector of its directory."""
    (shift,) = struct.unpack_from("<H", head, 0x1E) if len(head) > 0x30 else (0,)
    if shift not in {9, 12}:
        return "ole"
    (sector,) = struct.unpack_from("<I", head, 0x30)
    file.seek((sector + 1) << shift)
    directory = file.read(8192)
    return next((code for name, code in _OLE_PARTS if name.encode("utf-16-le") in directory), "ole")


def _zipped(file: IO[bytes]) -> str:
    """What a ZIP holds by the names in its directory alone."""
    file.seek(30)
    stored = file.read(80)
    for mime, code in _OPEN_DOCUMENTS.items():
        if stored.startswith(b"mimetype" + mime) and not stored[8 + len(mime) :].startswith(b"-"):
            return code
    try:
        names = {part.filename for part in zipfile.ZipFile(file).infolist()[:MOST_PARTS]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return "unknown"
    if any(name.rpartition("/")[2] == "vbaProject.bin" for name in names):
        return "macro"
    return next((code for name, code in _ZIP_PARTS if name in names), "zip")


def _written(head: bytes) -> str:
    """Text, XML, SVG or a web page, by how it begins; anything with control signs is none of them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore")
    elif any(sign < 9 or 13 < sign < 27 for sign in head):
        return "unknown"
    else:
        text = head.decode("utf-8", "ignore")
    start = text.lstrip("\ufeff \t\r\n").lower()
    if "<svg" in start and start.startswith("<"):
        return "svg"
    if start.startswith(("<!doctype html", "<html", "<head", "<body", "<script")) or (
        start.startswith(("<?xml", "<!--")) and "<html" in start
    ):
        return "html"
    return "xml" if start.startswith("<?xml") else "text"
