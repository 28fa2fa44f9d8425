"""Views of the settings, one module for what each speaks of."""
