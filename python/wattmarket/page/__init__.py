"""A run as one web page that needs nothing else: no server, no network, no script."""

from __future__ import annotations

from wattmarket.page.write import page_of, write_html

__all__ = ["page_of", "write_html"]
