"""A drawing as light as it can be and look the same: matplotlib writes far more than a browser needs.

Left out: what cannot be seen, groups and ids nobody names, decimals below a tenth of a point, clips that cut nothing.
Styles become attributes, which are inherited and which a page may override. Text stays text.
"""

import re
import string
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import count, groupby, product

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
ROOT = {"stroke-linejoin": "round", "stroke-linecap": "butt", "font-family": "sans-serif"}
DROPPED = {"stroke-linejoin": "round", "stroke-linecap": "butt", "stroke-width": "1"}
# What is inherited and may therefore stand on a group once.
SHARED = (
    "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
    "stroke-dashoffset", "font-size", "font-weight", "text-anchor", "clip-path",
)  # fmt: skip
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
STEP = re.compile(r"([MLQCZz])([^MLQCZz]*)")
STILL = re.compile(r"rotate\(-?0 [^)]*\)")
NAMED = re.compile(r"url\(#([^)]+)\)")
MARK = "mark-"  # begin of the name of a group that draws a number told beside the chart
REFERRING = ("clip-path", "href", "fill")
LEAST = 2  # neighbours for which a group is worth it
SLACK = 1.0  # points by which a line may lie over the edge that would clip it
Box = tuple[float, float, float, float]

ET.register_namespace("", SVG[1:-1])


def slim(svg: str) -> str:
    """The same picture in fewer bytes. Raises `ParseError` where it is not well-formed."""
    root = ET.fromstring(svg)
    _styles(root)
    clips = {one.get("id", ""): _box(one) for one in root.iter(f"{SVG}clipPath")}
    for parent in list(root.iter()):
        _children(parent, clips)
    _flatten(root)
    _share(root)
    _names(root)
    root[:] = [one for one in root if len(one) or one.tag != f"{SVG}defs"]
    for key, value in ROOT.items():
        root.set(key, value)
    root.attrib.pop("version", None)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return text.replace(" />", "/>")


def short(number: str) -> str:
    """A coordinate to a tenth of a point: `331.2`, `58.9`, `0`."""
    return f"{round(float(number), 1) + 0.0:g}"  # + 0.0: no minus before nothing


def _styles(root: ET.Element) -> None:
    """Styles as attributes; what is inherited from the root anyway is not said again."""
    for one in root.iter():
        one.tail = None
        if one.tag != f"{SVG}text" and one.text and not one.text.strip():
            one.text = None
        for rule in filter(None, one.attrib.pop("style", "").split(";")):
            key, _, value = (part.strip() for part in rule.partition(":"))
            if key == "font":
                _font(one, value)
            elif key != "font-family" and DROPPED.get(key) != value:
                one.set(key, value.removesuffix("px") if key == "font-size" else value)
        for key in ("x", "y", "width", "height", "font-size", "stroke-width"):
            if NUMBER.fullmatch(one.get(key, "")):
                one.set(key, short(one.attrib[key]) if key != "stroke-width" else f"{float(one.attrib[key]):.2g}")
        if STILL.fullmatch(one.get("transform", "")):
            del one.attrib["transform"]
        elif "transform" in one.attrib:
            one.set("transform", NUMBER.sub(lambda found: short(found[0]), one.attrib["transform"]))


def _font(one: ET.Element, value: str) -> None:
    """`700 12px sans-serif` as size and weight."""
    for part in value.split():
        if part.endswith("px"):
            one.set("font-size", part.removesuffix("px"))
        elif part.isdigit() and part != "400":
            one.set("font-weight", part)


def _children(parent: ET.Element, clips: dict[str, Box | None]) -> None:
    """Leave out what shows nothing; paths and clips in short form."""
    for one in list(parent):
        if one.tag == f"{SVG}style" or (one.tag == f"{SVG}path" and parent.tag == f"{SVG}g" and _unseen(one)):
            parent.remove(one)
            continue
        if one.tag == f"{SVG}path":
            points = _points(one.get("d", ""))
            if _inside(points, clips.get(_target(one, "clip-path"))):
                one.attrib.pop("clip-path", None)
            mark = parent.get("id", "")
            one.set("d", path(one.get("d", ""), whole=mark.startswith(MARK) and "." in mark))
        if LINK in one.attrib:
            one.set("href", one.attrib.pop(LINK))


def _unseen(one: ET.Element) -> bool:
    return one.get("fill") == "none" and one.get("stroke", "none") == "none" and "id" not in one.attrib


def _target(one: ET.Element, key: str) -> str:
    """The id that an attribute refers to."""
    value = one.get(key, "")
    found = NAMED.fullmatch(value)
    return found[1] if found else value.removeprefix("#") if key == "href" else ""


def _points(d: str) -> list[tuple[float, float]]:
    numbers = [float(found) for found in NUMBER.findall(d)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _inside(points: list[tuple[float, float]], box: Box | None) -> bool:
    """Whether all of a path lies within what clips it."""
    if box is None:
        return False
    left, top, right, bottom = box
    return all(left - SLACK <= x <= right + SLACK and top - SLACK <= y <= bottom + SLACK for x, y in points)


def _box(clip: ET.Element) -> Box | None:
    for one in clip:
        if one.tag == f"{SVG}rect":
            x, y, wide, high = (float(one.get(key, "0")) for key in ("x", "y", "width", "height"))
            return x, y, x + wide, y + high
    return None


def path(d: str, *, whole: bool = False) -> str:
    """A path in short form: a tenth of a point, `H` and `V` along the axes; points that repeat go unless `whole`."""
    found: list[str] = []
    here = ("", "")
    for kind, rest in STEP.findall(d):
        numbers = [short(number) for number in NUMBER.findall(rest)]
        end = (numbers[-2], numbers[-1]) if numbers else here
        if kind == "L" and end != here and end[1] == here[1]:
            found.append(f"H{end[0]}")
        elif kind == "L" and end != here and end[0] == here[0]:
            found.append(f"V{end[1]}")
        elif not (kind == "L" and end == here and len(found) > 1 and not whole):
            found.append(kind.replace("Z", "z") + " ".join(numbers))
        here = end
    return "".join(found)


def _flatten(parent: ET.Element) -> None:
    """Groups that say nothing give way to what they hold; empty ones go; of an axis the lines come before the texts."""
    whole: list[ET.Element] = []
    for one in list(parent):
        _flatten(one)
        if one.tag != f"{SVG}g":
            whole.append(one)
            continue
        name = one.attrib.pop("id", "")
        if name.startswith(MARK) and len(one):
            one[0].set("data-p", name.removeprefix(MARK))
        inner = sorted(one, key=lambda part: part.tag) if name.startswith("matplotlib.axis") else list(one)
        if one.attrib and inner:
            one[:] = inner
            whole.append(one)
        elif not one.attrib:
            whole.extend(inner)
    parent[:] = whole


def _share(parent: ET.Element) -> None:
    """What neighbours have in common is said once, on a group around them."""
    for one in parent:
        _share(one)
    whole: list[ET.Element] = []
    for common, run in groupby(list(parent), key=_common):
        alike = list(run)
        if len(alike) < LEAST or not common:
            whole.extend(alike)
            continue
        group = ET.Element(f"{SVG}g", dict(common))
        for one in alike:
            for key, _ in common:
                del one.attrib[key]
        group[:] = alike
        whole.append(group)
    parent[:] = whole


def _common(one: ET.Element) -> tuple[tuple[str, str], ...]:
    if one.tag == f"{SVG}defs":
        return ()
    moved = "transform" in one.attrib  # it would move what clips it as well
    return tuple((key, one.attrib[key]) for key in SHARED if key in one.attrib and not (moved and key == "clip-path"))


def _names(root: ET.Element) -> None:
    """Ids that something refers to, as short as can be; the others go."""
    used = {_target(one, key) for one in root.iter() for key in REFERRING} - {""}
    known = {one.get("id", ""): one for one in root.iter() if one.get("id") in used}
    short_names = dict(zip(known, _letters(), strict=False))
    for store in root.iter(f"{SVG}defs"):
        store[:] = [one for one in store if one.get("id") in used]
    for one in root.iter():
        if "id" in one.attrib:
            name = one.attrib.pop("id")
            if name in short_names:
                one.set("id", short_names[name])
        for key in REFERRING:
            target = _target(one, key)
            if target:
                one.set(key, one.attrib[key].replace(f"#{target}", f"#{short_names[target]}"))


def _letters() -> Iterator[str]:
    """a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        yield from map("".join, product(string.ascii_lowercase, repeat=length))
