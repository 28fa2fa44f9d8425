"""Small tables that people exchange: reads CSV and XLSX into rows, writes both without letting text run as a formula.

Large ledgers are read by `engines.analytics`; this seam needs no analytical engine and is safe in a web worker.
"""
