"""What files really are: by their bytes alone, without unpacking anything."""

import tracemalloc
from io import BytesIO

import pytest

from panshi.ground.files.names import LONGEST, clean_name
from panshi.ground.files.sniffing import real_type
from tests.ground.files import samples


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (samples.PDF, "pdf"),
        (b"\n\n" + samples.PDF, "pdf"),
        (samples.picture("PNG"), "png"),
        (samples.picture("JPEG"), "jpg"),
        (samples.picture("WEBP"), "webp"),
        (samples.picture("GIF"), "gif"),
        (samples.picture("BMP"), "bmp"),
        (samples.picture("TIFF"), "tif"),
        (samples.word(), "docx"),
        (samples.zipped(xl__workbook_xml="<x/>"), "xlsx"),
        (samples.zipped(ppt__presentation_xml="<x/>"), "pptx"),
        (samples.zipped(OFD_xml="<x/>"), "ofd"),
        (samples.zipped(word__document_xml="<w/>", word__vbaProject_bin=b"x"), "macro"),
        (samples.open_document(), "odt"),
        (samples.zipped(notes_txt="a"), "zip"),
        (samples.old_office("WordDocument"), "doc"),
        (samples.old_office("Workbook"), "xls"),
        (samples.old_office("EncryptedPackage"), "office_locked"),
        (samples.old_office("SomethingElse"), "ole"),
        (samples.PROGRAM, "program"),
        (b"\x7fELF\x02\x01", "program"),
        (b"#!/bin/sh\nrm -rf x", "program"),
        (samples.PAGE, "html"),
        (b"  \n<script>alert(1)</script>", "html"),
        (samples.SVG, "svg"),
        (b'<?xml version="1.0"?><a/>', "xml"),
        (samples.CSV, "text"),
        (samples.GBK, "text"),
        ("甲,乙".encode("utf-16"), "text"),
        (b"\x00\x01\x02\x03 binary", "unknown"),
        (b"PK\x03\x04 broken archive", "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    ],
)
def test_bytes_say_what_a_file_is(content: bytes, expected: str) -> None:
    file = BytesIO(content)
    assert real_type(file) == expected
    assert file.tell() == 0


def test_an_archive_that_would_explode_is_not_unpacked() -> None:
    content = samples.bomb()
    assert len(content) < 200_000
    tracemalloc.start()
    assert real_type(BytesIO(content)) == "zip"
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\甲\\报价.xlsx", "报价.xlsx"),
        ("合同\x00\n.pdf", "合同.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe"),
        ("  . ", ""),
        ("..", ""),
        ("", ""),
        ("a" * 300 + ".pdf", "a" * (LONGEST - 4) + ".pdf"),
        ('<img src=x onerror="a">.png', "img src=x onerror=a.png"),
        ("cafe\u0301.txt", "café.txt"),
    ],
)
def test_names_are_made_harmless(given: str, expected: str) -> None:
    assert clean_name(given) == expected
