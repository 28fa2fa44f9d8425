"""Views of the account room, split by what one does: open the record, write, choose, import."""
