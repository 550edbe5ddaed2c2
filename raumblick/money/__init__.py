"""What youth welfare costs: ledger, forecast, risk, distribution, allocation. Pure methods, no input or output."""
