"""Pictures for the documentation: small, made by the browser itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from playwright.sync_api import Page

QUALITY = 0.8
_DRAW = """\
async ([source, quality]) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', quality);
}
"""
_NAME = """\
(names) => {
  for (const root of document.querySelectorAll('.notifications-toasts, .quick-input-list')) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const [folder, name] of names) {
        if (texts.currentNode.data.includes(folder)) {
          texts.currentNode.data = texts.currentNode.data.replaceAll(folder, name);
        }
      }
    }
  }
}
"""


def name_folders(page: Page, names: Mapping[str, str]) -> None:
    """Let messages and lists on the page name other folders than those of this machine."""
    page.evaluate(_NAME, list(names.items()))


def as_webp(page: Page, png: bytes) -> bytes:
    """A picture as WebP. The page itself is left alone: it keeps its focus and its open menus."""
    assert page.context.browser is not None
    with page.context.browser.new_context() as context:
        source = "data:image/png;base64," + base64.b64encode(png).decode()
        drawn: str = context.new_page().evaluate(_DRAW, [source, QUALITY])
    return base64.b64decode(drawn.partition(",")[2])
