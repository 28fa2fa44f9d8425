"""The whole archive of one account as a paper to print or a workbook: which sections there are, how each reads.

Every section goes through the same reports and gates as the page; what its reader may not see is left out, not hidden.
"""

from panshi.web.accounts.archive.composing import SOURCE, archive_paper, open_parts, register

__all__ = ["SOURCE", "archive_paper", "open_parts", "register"]
