"""Settings of attached files."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="files.most_megabytes", topic="files", label=_("单个文件最大"),
        kind="whole", default=50, least=1, most=2048, unit="MB",
        help=_("不超过服务器的上传上限（PANSHI_UPLOAD_MB）。"),
    ),
    Setting(
        code="files.most_per_record", topic="files", label=_("一条记录最多几个文件"),
        kind="whole", default=200, least=1, most=2000, unit=_("个"),
        help=_("作废的文件不计。"),
    ),
    Setting(
        code="files.extensions", topic="files", label=_("允许的文件扩展名"),
        kind="text",
        default="pdf ofd docx xlsx pptx doc xls ppt wps et dps odt ods odp png jpg jpeg webp gif bmp tif tiff "
        "heic heif txt md log csv tsv json xml eml msg dwg mp3 m4a wav amr mp4 m4v mov zip rar 7z",
        help=_("用空格隔开。文件的真实类型按内容判断，与扩展名不符的一律拒绝；程序和带宏的文档总是拒绝。"),
    ),
)  # fmt: skip
