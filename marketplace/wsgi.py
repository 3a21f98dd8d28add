"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from marketplace.web.requests import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
application = get_wsgi_application()
application.request_class = Utf8Request
# What is loaded by now stays: the collector need not walk through it during requests.
gc.collect()
gc.freeze()
