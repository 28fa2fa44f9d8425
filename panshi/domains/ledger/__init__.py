"""The sales ledger 交易台账: facts of trade from the company's ERP, imported in batches, held in a columnar store."""
