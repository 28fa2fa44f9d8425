"""Readers of foreign plans: PSPLIB, Microsoft Project XML, our own table. Bytes or paths in, `Plan` out."""
