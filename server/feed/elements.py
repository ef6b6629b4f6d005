"""The one way in which elements are added, so that no text escapes cleaning and its limit."""

from __future__ import annotations

from lxml import etree

from server.feed.text import clean, one_line

Element = etree._Element


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Add an element whose text is cut at 255 characters; names with a namespace as `{ns}name`.

    Attributes are written whole, in the order given.
    """
    element = etree.SubElement(parent, name)
    element.text = one_line(text) or None
    for attribute, value in attributes.items():
        element.set(attribute, clean(value))
    return element
