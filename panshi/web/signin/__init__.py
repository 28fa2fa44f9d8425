"""Sign-in: allauth's pages in our frame."""
