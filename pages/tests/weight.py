"""What a browser fetches for a page, compressed as it travels."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

_LINKED = re.compile(r'(?:src|href)="/static/([^"?#]+)"')
_IMPORTED = re.compile(r'^import .*"\./([^"]+)";$', re.MULTILINE)
_HASHED = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")


def weight(html: str) -> dict[str, int]:
    """Bytes of the page itself ("") and of each static file that it needs, gzipped."""
    found = {"": len(gzip.compress(html.encode()))}
    wanted = [_HASHED.sub("", name) for name in _LINKED.findall(html)]
    while wanted:
        name = wanted.pop()
        if name not in found:
            content = Path(str(finders.find(name))).read_bytes()
            found[name] = len(gzip.compress(content))
            if name.endswith(".js"):
                wanted += _IMPORTED.findall(content.decode())
    return found
