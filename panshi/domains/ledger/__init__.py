"""The sales ledger 交易台账: facts of trade from the company's ERP, imported in batches and held in a columnar store."""
