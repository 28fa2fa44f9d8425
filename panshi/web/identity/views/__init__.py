"""Views of the identity room, by noun."""
