"""Single files of statistical offices, spreadsheets and budgets: one module a layout."""
