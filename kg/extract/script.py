"""Characters of the scripts that articles are written in."""

from __future__ import annotations

import re

HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff々]")
INTERPUNCTS = "·‧・．•"
LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ0-9](?:[A-Za-zÀ-ɏ0-9'’&+#_%./-]*[A-Za-zÀ-ɏ0-9+#%])?")
