"""Panshi 磐石: the key account management system. See docs/ for the house and its floors."""
