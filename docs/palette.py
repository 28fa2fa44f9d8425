"""Makes pictures of pages small: a palette of 256 colours, chosen so that red words stay red."""

import base64
import struct
import zlib
from typing import Any

import numpy as np
from playwright.sync_api import Page

PIXELS = """async (picture) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const bytes = pen.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


def smaller(png: bytes, page: Page) -> bytes:
    """The same picture with a palette of 256 colours; rare shades of edges go to the nearest one."""
    width, height = struct.unpack(">II", png[16:24])
    raw = page.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(raw), np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    keys, inverse, counts = np.unique(pixels @ [65536, 256, 1], return_inverse=True, return_counts=True)
    colours = np.stack((keys >> 16, keys >> 8 & 255, keys & 255), axis=1)
    kept = palette(colours[np.argsort(-counts)])
    nearest = np.array([((kept - colour) ** 2).sum(axis=1).argmin() for colour in colours], np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = nearest[inverse].reshape(height, width)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", kept.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
    )
    return png[:8] + b"".join(chunk(kind, body) for kind, body in (*parts, (b"IEND", b"")))


def palette(colours: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """256 of the colours, the most frequent first; half of them far from each other, so that red words stay red."""
    distance, chosen = np.full(len(colours), np.inf), []
    for place, colour in enumerate(colours):
        if len(chosen) < 128 and distance[place] > 400:
            chosen.append(place)
            distance = np.minimum(distance, ((colours - colour) ** 2).sum(axis=1))
    rest = np.setdiff1d(np.arange(len(colours)), chosen)[: 256 - len(chosen)]
    return colours[[*chosen, *rest]]


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
