"""The business, one package a domain, in the order of a customer's life."""
