class Type:
    extension: str
    mime: str

def guess(obj: bytes) -> Type | None: ...
