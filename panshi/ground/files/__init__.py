"""Attachments with versions: what they really are, how large they may be, who may open them."""
