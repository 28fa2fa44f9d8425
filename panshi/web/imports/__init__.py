"""Pages of imports: the wizard, its result, undoing it, templates, and everybody's own imports."""
