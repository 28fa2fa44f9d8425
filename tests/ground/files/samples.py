"""Small files of every type, made here, and some that are not what they say."""

import struct
import zipfile
from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00" + b"\x00" * 64
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CSV = "客户,金额\n恒岳,1\n".encode()
GBK = "客户,金额\n恒岳,1\n".encode("gb18030")


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **more: object
) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def zipped(**parts: str | bytes) -> bytes:
    """A ZIP; `__` in a name stands for a slash, the last `_` for a dot."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            path, _, ending = name.replace("__", "/").rpartition("_")
            archive.writestr(f"{path}.{ending}", text)
    return out.getvalue()


def word(text: str = "甲") -> bytes:
    """What Word writes, as far as its directory goes."""
    return zipped(word__document_xml=f"<w>{text}</w>", docProps__app_xml="<p/>")


def open_document() -> bytes:
    """A text document of LibreOffice."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


def old_office(name: str) -> bytes:
    """An OLE container whose directory names one stream."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 0x1E, 9)
    struct.pack_into("<I", head, 0x30, 1)
    directory = name.encode("utf-16-le").ljust(512, b"\x00")
    return bytes(head) + b"\x00" * 512 + directory


def bomb() -> bytes:
    """A ZIP of some kilobytes that unpacks to thirty megabytes."""
    return zipped(zeros_bin=b"\x00" * 30_000_000)


def flat_picture(width: int, height: int) -> bytes:
    """A PNG that says it is huge; its pixels are not there."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    return head + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0) + b"\x00" * 4


def camera_data() -> Image.Exif:
    """What a camera writes into a picture: its maker, and which way it was held."""
    data = Image.Exif()
    data[0x010F], data[0x0112] = "Exif-Maker", 6
    return data
