from marketplace.outreach.contact_log import admin as contact_log_admin  # noqa: F401 - registers
