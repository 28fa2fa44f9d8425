"""The types of files people attach: their extensions, what a browser is told, how they can be looked at."""

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Look = Literal["", "picture", "pdf", "text"]
"""How a file can be looked at without leaving the page."""


@dataclass(frozen=True, slots=True)
class FileType:
    """One type: `family` groups types whose bytes cannot be told apart (plain text of all sorts)."""

    code: str
    label: Promise | str
    extensions: tuple[str, ...]
    mime: str
    look: Look = ""
    family: str = ""

    @property
    def known_by(self) -> str:
        """What its bytes can show at best."""
        return self.family or self.code


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."

TYPES: Final = (
    FileType("pdf", "PDF", ("pdf",), "application/pdf", "pdf"),
    FileType("ofd", _("OFD 版式文件"), ("ofd",), "application/ofd"),
    FileType("docx", _("Word 文档"), ("docx",), _OFFICE + "wordprocessingml.document"),
    FileType("xlsx", _("Excel 表格"), ("xlsx",), _OFFICE + "spreadsheetml.sheet"),
    FileType("pptx", _("PowerPoint 演示"), ("pptx",), _OFFICE + "presentationml.presentation"),
    FileType("doc", _("Word 文档（旧格式）"), ("doc", "wps"), "application/msword"),
    FileType("xls", _("Excel 表格（旧格式）"), ("xls", "et"), "application/vnd.ms-excel"),
    FileType("ppt", _("PowerPoint 演示（旧格式）"), ("ppt", "dps"), "application/vnd.ms-powerpoint"),
    FileType("odt", _("OpenDocument 文档"), ("odt",), _OPEN + "text"),
    FileType("ods", _("OpenDocument 表格"), ("ods",), _OPEN + "spreadsheet"),
    FileType("odp", _("OpenDocument 演示"), ("odp",), _OPEN + "presentation"),
    FileType("png", _("图片 PNG"), ("png",), "image/png", "picture"),
    FileType("jpg", _("图片 JPEG"), ("jpg", "jpeg"), "image/jpeg", "picture"),
    FileType("webp", _("图片 WebP"), ("webp",), "image/webp", "picture"),
    FileType("gif", _("图片 GIF"), ("gif",), "image/gif", "picture"),
    FileType("bmp", _("图片 BMP"), ("bmp",), "image/bmp", "picture"),
    FileType("tif", _("图片 TIFF"), ("tif", "tiff"), "image/tiff", "picture"),
    FileType("heic", _("图片 HEIC"), ("heic", "heif"), "image/heic"),
    FileType("txt", _("文本"), ("txt", "md", "log"), "text/plain", "text", "text"),
    FileType("csv", _("CSV 表格"), ("csv", "tsv"), "text/csv", "text", "text"),
    FileType("json", "JSON", ("json",), "application/json", "text", "text"),
    FileType("eml", _("邮件 EML"), ("eml",), "message/rfc822", "", "text"),
    FileType("xml", "XML", ("xml",), "application/xml", "text"),
    FileType("msg", _("邮件 Outlook"), ("msg",), "application/vnd.ms-outlook"),
    FileType("dwg", _("图纸 DWG"), ("dwg",), "image/vnd.dwg"),
    FileType("mp3", _("录音 MP3"), ("mp3",), "audio/mpeg"),
    FileType("m4a", _("录音 M4A"), ("m4a",), "audio/mp4"),
    FileType("wav", _("录音 WAV"), ("wav",), "audio/x-wav"),
    FileType("amr", _("录音 AMR"), ("amr",), "audio/amr"),
    FileType("mp4", _("视频 MP4"), ("mp4", "m4v", "mov"), "video/mp4"),
    FileType("zip", _("压缩包 ZIP"), ("zip",), "application/zip"),
    FileType("rar", _("压缩包 RAR"), ("rar",), "application/vnd.rar"),
    FileType("7z", _("压缩包 7z"), ("7z",), "application/x-7z-compressed"),
    FileType("svg", _("矢量图 SVG"), ("svg",), "image/svg+xml"),
    FileType("html", _("网页 HTML"), ("html", "htm"), "text/html"),
)
BY_CODE: Final = {each.code: each for each in TYPES}
BY_EXTENSION: Final = {extension: each for each in TYPES for extension in each.extensions}

ACTIVE: Final = frozenset({"svg", "html"})
"""Types that can run scripts: allowed only on purpose, never shown, always sent as a download."""

DEFAULT_ALLOWED: Final = tuple(each.code for each in TYPES if each.code not in ACTIVE)

NAMES_OF_OTHERS: Final = {
    "text": _("文本"),
    "program": _("程序"),
    "macro": _("带宏的 Office 文档"),
    "office_locked": _("加密的 Office 文档"),
    "ole": _("旧格式的 Office 文件"),
    "empty": _("空文件"),
    "unknown": _("无法识别的内容"),
}


def extension_of(name: str) -> str:
    """The extension of a name in lower case, without its dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def type_words(code: str) -> str:
    """What bytes really are, in words."""
    known = BY_CODE.get(code)
    return str(known.label if known else NAMES_OF_OTHERS.get(code, code.upper()))
