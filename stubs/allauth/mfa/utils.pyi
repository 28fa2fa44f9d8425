from collections.abc import Sequence
from typing import Any

def is_mfa_enabled(user: Any, types: Sequence[str] | None = ...) -> bool: ...
