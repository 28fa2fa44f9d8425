"""Generic pages built once: list, record, form, wizard, export."""
