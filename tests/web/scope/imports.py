"""Addresses of imports."""

from tests.web.scope.page import Page, of_import

PAGES = (
    Page("imports:list", needs=("accounts.import",)),
    Page("imports:list_export", needs=("accounts.import", "accounts.export"), query="format=csv"),
    Page("imports:upload", needs=("accounts.import",)),
    Page("imports:upload", needs=("accounts.import", "people.edit"), query="kind=log"),
    Page("imports:upload_contacts", needs=("accounts.import", "people.edit")),
    Page("imports:upload_log", needs=("accounts.import", "people.edit")),
    Page("imports:upload_equipment", needs=("accounts.import", "accounts.edit")),
    Page("imports:template", lambda world: ("contacts",), ("accounts.import", "people.edit")),
    of_import("imports:map", 200, 422),
    of_import("imports:preview", 302),
    of_import("imports:result"),
    of_import("imports:rejected", 404),
    of_import("imports:undo", 409),
)

POSTS = (of_import("imports:start"),)
