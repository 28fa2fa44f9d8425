"""Which fields of an account people fill in, and which of them only the holders of a further right may see."""

from typing import Final

MONEY_FIELDS: Final = ("invoice_title", "invoice_address", "invoice_phone", "bank_name", "bank_account")
"""Invoice and bank details 开票信息: seen and changed with `accounts.money` only."""

EDITABLE_FIELDS: Final = (
    *(
        "name",
        "short_name",
        "uscc",
        "ownership_type",
        "size",
        "industry",
        "region",
        "address",
        "phone",
        "website",
    ),
    *("registered_capital", "legal_representative", "general_manager"),
    *("founded_on", "employees", "annual_revenue"),
    *("development_mode", "partner", "partner_terms"),
    *("products", "expansion_plans", "service_requirements", "present_problems"),
    *("procurement_budget", "procurement_procedure", "payment_terms"),
    *MONEY_FIELDS,
)
"""What a form or an import may set; owner, group, lifecycle and pushed facts have services of their own."""
