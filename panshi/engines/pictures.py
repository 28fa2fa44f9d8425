"""Pictures of pictures: small and large previews, made anew so that nothing of the original but its pixels remains.

A picture says its size before it is unpacked; one with more pixels than any camera makes is not unpacked at all.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

MOST_PIXELS: Final = 64_000_000
SIZES: Final = {"small": (240, 240), "large": (1600, 1600)}
QUALITY: Final = 80


class NoPicture(Exception):
    """The bytes are no picture that can be shown: broken, or too large once unpacked."""


@dataclass(frozen=True, slots=True)
class Previews:
    """WebP previews by size."""

    small: bytes
    large: bytes


def previews(file: IO[bytes]) -> Previews:
    """The previews of a picture, the right way up and without what cameras write into it (places, persons)."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise NoPicture(f"{width} × {height} pixels")
            opened.draft("RGB", SIZES["large"])
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA" if "A" in upright.getbands() or upright.mode == "P" else "RGB")
    except NoPicture:
        raise
    except Exception as error:  # every format's reader fails in its own ways
        raise NoPicture(type(error).__name__) from error
    made: dict[str, bytes] = {}
    for name, size in SIZES.items():
        copy = plain.copy()
        copy.thumbnail(size)
        out = BytesIO()
        copy.save(out, "WEBP", quality=QUALITY)
        made[name] = out.getvalue()
    return Previews(**made)
