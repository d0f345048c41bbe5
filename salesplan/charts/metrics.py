"""Fonts that have only widths, so that Chinese text is measured right where no Chinese font is installed.

`python -m salesplan.charts.metrics` writes the two files beside this module again.
"""

from pathlib import Path
from typing import Any

FAMILY = "salesplan metrics"
FILES = {"Regular": "metrics.ttf", "Bold": "metrics-bold.ttf"}
# Punctuation, arrows, enclosed numbers, shapes, CJK with its radicals, Hangul, full-width forms.
RANGES = (
    (0x2010, 0x2027), (0x2030, 0x205E), (0x2190, 0x21FF), (0x2460, 0x24FF), (0x25A0, 0x26FF), (0x2E80, 0x9FFF),
    (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3134F),
)  # fmt: skip


def _box() -> Any:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((60, -60))
    for corner in ((60, 820), (940, 820), (940, -60)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _many_to_one() -> Any:
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.format, table.reserved, table.length, table.nGroups = 13, 0, 0, 0
    table.cmap = {code: "box" for first, last in RANGES for code in range(first, last + 1)}
    return table


def build(path: Path, weight: str) -> None:
    """Write one font: a full-width box for every character of `RANGES`; `weight` is Regular or Bold."""
    from fontTools.fontBuilder import FontBuilder

    bold = weight == "Bold"
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "box"])
    font.setupCharacterMap({0x3000: "box"})
    font.font["cmap"].tables = [_many_to_one()]
    font.setupGlyf({".notdef": _box(), "box": _box()})
    font.setupHorizontalMetrics({".notdef": (1000, 60), "box": (1000, 60)})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupNameTable({"familyName": FAMILY, "styleName": weight})
    font.setupOS2(usWeightClass=700 if bold else 400, fsSelection=32 if bold else 64, usWinAscent=880, usWinDescent=120)
    font.setupPost(keepGlyphNames=False)
    head = font.font["head"]
    head.macStyle = int(bold)
    head.created = head.modified = 0  # the same bytes every time
    font.font.recalcTimestamp = False
    font.save(path)


if __name__ == "__main__":
    for weight, name in FILES.items():
        build(Path(__file__).with_name(name), weight)
