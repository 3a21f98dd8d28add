"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_wsgi_application()
# What is loaded by now stays: the collector need not walk through it during requests.
gc.collect()
gc.freeze()
