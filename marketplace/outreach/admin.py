from marketplace.outreach.campaigns import admin as campaigns_admin  # noqa: F401 - registers
from marketplace.outreach.contact_log import admin as contact_log_admin  # noqa: F401 - registers
from marketplace.outreach.pipeline import admin as pipeline_admin  # noqa: F401 - registers
from marketplace.outreach.promotion import admin as promotion_admin  # noqa: F401 - registers
from marketplace.outreach.writing import admin as writing_admin  # noqa: F401 - registers
