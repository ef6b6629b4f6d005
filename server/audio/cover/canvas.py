"""What covers are drawn on: flat colours with smooth edges, in parts of the side."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

MARGIN = 0.075
"""What stays free around words and shapes, as a part of the cover's side."""

_FINENESS = 2
"""Edges are drawn so many times finer, then reduced: that is what makes them smooth."""


class Mask:
    """Where a colour goes. Every length is a part of the cover's side; 0, 0 is top left."""

    def __init__(self, unit_px: int, height_px: int) -> None:
        self.image = Image.new("L", (unit_px, height_px), 0)
        self.draw = ImageDraw.Draw(self.image)
        self.unit_px = unit_px

    def disc(self, x: float, y: float, radius: float, *, is_hole: bool = False) -> None:
        """Add a disc, or take it away."""
        self.draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), not is_hole)

    def block(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        round_by: float = 0.0,
        is_hole: bool = False,
    ) -> None:
        """Add a rectangle, or take it away."""
        box = self._box(left, top, right, bottom)
        self.draw.rounded_rectangle(box, round_by * self.unit_px, not is_hole)

    def stroke(self, points: list[tuple[float, float]], width: float) -> None:
        """Add a line along points, with round ends."""
        px = [(x * self.unit_px, y * self.unit_px) for x, y in points]
        self.draw.line(px, 1, round(width * self.unit_px))
        for x, y in points:
            self.disc(x, y, width / 2)

    def _box(self, left: float, top: float, right: float, bottom: float) -> list[float]:
        return [each * self.unit_px for each in (left, top, right, bottom)]


class Canvas:
    """A square of one colour, on which others are laid."""

    def __init__(self, side_px: int, ground: Colour) -> None:
        self.side_px = side_px
        self._image = Image.new("RGB", (side_px, side_px), ground)

    def lay(self, colour: Colour, paint: Callable[[Mask], None], *, height: float = 1.0) -> None:
        """Lay a colour where `paint` says, in the upper `height` of the cover alone."""
        height_px = max(1, round(height * self.side_px))
        mask = Mask(self.side_px * _FINENESS, height_px * _FINENESS)
        paint(mask)
        smooth = mask.image.point(lambda part: 255 if part else 0).reduce(_FINENESS)
        self._image.paste(colour, (0, 0), smooth)

    def picture(self) -> Image.Image:
        """What has been drawn."""
        return self._image

    def pen(self) -> ImageDraw.ImageDraw:
        """For letters, whose edges are smooth already."""
        return ImageDraw.Draw(self._image)
