"""Makes the C source of the HTML page's style out of page.css.

The page allows exactly this style, by its SHA-256, and nothing else.
"""

import base64
import hashlib
import sys
from pathlib import Path


def c_string(text):
    """The text as C string literals, one a line of it."""
    lines = []
    for line in text.splitlines(keepends=True):
        spelled = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'\t"{spelled}"')
    return "\n".join(lines)


def main(css, out):
    style = Path(css).read_text(encoding="utf-8")
    assert "</" not in style, "the style would end its element early"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    Path(out).write_text(
        '#include "tell/page_style.h"\n\n'
        f"const char page_style[] =\n{c_string(style)};\n\n"
        f'const char page_style_sha256[] = "{digest}";\n', encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
