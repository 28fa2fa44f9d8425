"""Public reference data as JSON, each with a tiny reader: administrative divisions and industries."""
