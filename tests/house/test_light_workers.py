"""Web workers stay small: what only the work process or a command needs is never imported to answer pages."""

import json
import subprocess
import sys
from typing import Final

HEAVY: Final = {
    *("duckdb", "ibis", "deltalake", "pyarrow", "pandas", "numpy", "ortools"),
    *("python_calamine", "openpyxl", "pypinyin", "playwright"),
}
PROGRAM: Final = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "panshi.config.settings"
import panshi.config.wsgi
from django.urls import get_resolver

def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern)

walk(get_resolver())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_no_page_imports_a_heavy_library() -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(answer.stdout.splitlines()[-1]))
    assert "panshi" in loaded
    assert loaded & HEAVY == set()
