"""Settings: everything that differs between machines comes from the environment (see README)."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from marketplace.celery import queues
from marketplace.web.bucket import read_bucket_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
# Former keys, while links and second factors made with them are still about (docs/operations.md).
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "marketplace.web",
    "marketplace.territories",
    "marketplace.classification",
    "marketplace.accounts",
    "marketplace.accounts.security",
    "marketplace.outbox",
    "suppliers",
    "buyers",
    "cohorts",
    "marketplace.matching",
    "marketplace.dealings",
    "marketplace.events",
    "marketplace.outreach",
    "marketplace.pages",
    "marketplace.api",
    "marketplace.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "marketplace.web.admin_site.MaillageAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.web.middleware.HealthMiddleware",
    "marketplace.web.middleware.HeadersMiddleware",
    "marketplace.web.middleware.RequestLogMiddleware",
    "marketplace.dealings.outcomes.counting.VisitCountingMiddleware",
    "marketplace.web.public_pages.PublicPagesMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "marketplace.api.middleware.PublicReadsMiddleware",
    "marketplace.web.middleware.ReadableInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "marketplace.web.middleware.NulInPathMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.accounts.security.middleware.SecurityLogMiddleware",
    "marketplace.web.languages.PersonLanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.accounts.security.middleware.SessionsMiddleware",
    "marketplace.accounts.security.middleware.StaffGateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.web.middleware.FormAddressMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.web.site.site_context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "marketplace.web.templatetags.web",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db("DATABASE_URL")}
_database = DATABASES["default"]
_database.setdefault("OPTIONS", {})
# A socket's folder arrives percent-encoded or as ?host=; it stands in HOST either way.
_database["HOST"] = unquote(_database["HOST"]) or _database["OPTIONS"].pop("host", "")
# Data fits in memory or on a fast disk: an index is worth its reads, compiling a query is not. And history triggers
# look for a list of triggers to ignore; not finding one costs a subtransaction per row.
_database["OPTIONS"]["options"] = "-c pgtrigger.ignore={} -c jit=off -c random_page_cost=1.1"
_database["OPTIONS"].setdefault("connect_timeout", 5)  # a server that swallows packets must not hold a page
_database["CONN_HEALTH_CHECKS"] = True
if DATABASE_POOL := env.int(
    "DATABASE_POOL", default=0
):  # web processes share a few connections between threads
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 5}
else:
    _database["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "marketplace.web.caching.ForgivingCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db="),
        "KEY_PREFIX": "maillage",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}
# Pages that are the same for everyone without a session are kept a minute (docs/adr/0024).
KEEP_PUBLIC_PAGES = env.bool("KEEP_PUBLIC_PAGES", default=not DEBUG)
#: Made once by each web process before it takes requests: views and what is asked of them.
WARM_PAGES = [
    ("pages:home", ""),
    ("suppliers:directory", ""),
    ("suppliers:directory", "q=traiteur+shawinigan"),
    ("suppliers:directory", "vue=carte"),
    ("tenders:list", ""),
]
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = env("CELERY_QUEUE", default="maillage")
CELERY_TASK_QUEUES = queues(CELERY_TASK_DEFAULT_QUEUE)
CELERY_TASK_ROUTES = ["marketplace.celery.route_task"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A task that a dead worker held comes back after the visibility timeout; the sweep does not wait for that.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "socket_connect_timeout": 3,  # a broker that swallows packets must not hold a page
}
CELERY_TIMEZONE = "America/Toronto"
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "outbox.sweep", "schedule": env.float("SWEEP_SECONDS", default=3.0)},
    "write-due-alert-emails": {
        "task": "matching.write_due_emails",
        "schedule": env.float("ALERT_ROUND_SECONDS", default=60.0),
    },
    "write-due-search-emails": {
        "task": "matching.write_due_search_emails",
        "schedule": env.float("ALERT_ROUND_SECONDS", default=60.0),
    },
    "rederive-tenders": {"task": "buyers.rederive_tenders", "schedule": crontab(hour=2, minute=30)},
    "read-due-sources": {
        "task": "buyers.read_due_sources",
        "schedule": env.float("SOURCE_ROUND_SECONDS", default=60.0),
    },
    "look-at-sources": {"task": "buyers.look_at_sources", "schedule": crontab(minute=40)},
    "tell-closed-needs": {"task": "buyers.tell_closed_needs", "schedule": 60.0},
    "settle-need-decisions": {
        "task": "dealings.settle_need_decisions",
        "schedule": env.float("ALERT_ROUND_SECONDS", default=60.0),
    },
    "rebuild-directory": {"task": "suppliers.rebuild_directory", "schedule": crontab(hour=3, minute=30)},
    "pack-directory": {"task": "suppliers.pack_directory", "schedule": crontab(minute=50)},
    "forget-suppressions": {"task": "outbox.forget_suppressions", "schedule": crontab(hour=4, minute=32)},
    "find-duplicates": {"task": "suppliers.find_duplicates", "schedule": crontab(minute="3-59/10")},
    "judge-prospects": {"task": "suppliers.judge_prospects", "schedule": crontab(minute=40)},
    "forget-invitations": {"task": "accounts.forget_invitations", "schedule": crontab(hour=4, minute=30)},
    "forget-registrations": {"task": "suppliers.forget", "schedule": crontab(hour=4, minute=35)},
    "send-follow-ups": {
        "task": "outreach.send_follow_ups",
        "schedule": crontab(hour=7, minute=10, day_of_week="mon"),
    },
    "note-arrivals": {"task": "outreach.note_arrivals", "schedule": crontab(minute=25)},
    "forget-contacts": {"task": "outreach.forget_contacts", "schedule": crontab(hour=4, minute=42)},
    "remind-verifications": {
        "task": "suppliers.remind_verifications",
        "schedule": crontab(hour=7, minute=20),
    },
    "forget-join-requests": {"task": "accounts.forget_join_requests", "schedule": crontab(hour=4, minute=40)},
    "tell-members": {"task": "accounts.tell_members", "schedule": crontab()},
    "forget-unproved": {"task": "accounts.forget_unproved", "schedule": crontab(hour=4, minute=20)},
    "tell-followers": {
        "task": "dealings.tell_followers",
        "schedule": env.float("ALERT_ROUND_SECONDS", default=60.0),
    },
    "tell-closings": {"task": "dealings.tell_closings", "schedule": 300.0},
    "learn-experience": {"task": "matching.learn", "schedule": 6 * 3600.0},
    "sweep-imports": {"task": "suppliers.sweep_imports", "schedule": 60.0},
    "forget-imports": {"task": "suppliers.forget_imports", "schedule": crontab(hour=4, minute=50)},
    "sweep-own-lists": {"task": "dealings.sweep_own_lists", "schedule": 60.0},
    "forget-own-lists": {"task": "dealings.forget_own_lists", "schedule": crontab(hour=4, minute=45)},
    "advance-cohorts": {"task": "cohorts.advance", "schedule": 300.0},
    "propose-seller-names": {
        "task": "dealings.propose_seller_names",
        "schedule": crontab(hour=3, minute=50),
    },
    "ask-about-contracts": {
        "task": "dealings.ask_about_contracts",
        "schedule": crontab(hour=8, minute=10),
    },
    "record-outcomes": {
        "task": "dealings.record_outcomes",
        "schedule": env.float("OUTCOMES_SECONDS", default=600.0),
    },
    "forget-visit-words": {"task": "dealings.forget_visit_words", "schedule": crontab(hour=4, minute=50)},
    "suggest-to-buyers": {"task": "matching.suggest_to_buyers", "schedule": crontab(hour=5, minute=10)},
    "write-new-supplier-emails": {
        "task": "matching.write_new_supplier_emails",
        "schedule": env.float("ALERT_ROUND_SECONDS", default=60.0),
    },
    "sweep-catalogues": {"task": "outreach.sweep_catalogues", "schedule": 60.0},
    "forget-catalogues": {"task": "outreach.forget_catalogues", "schedule": crontab(hour=4, minute=55)},
    "choose-featured": {"task": "outreach.choose_featured", "schedule": crontab(minute=2)},
    "advance-events": {"task": "events.advance", "schedule": 600.0},
    "remind-events": {"task": "events.remind", "schedule": 900.0},
    "forget-dead-sessions": {"task": "security.forget_dead_sessions", "schedule": crontab(hour=4, minute=20)},
    "forget-security-events": {
        "task": "security.forget_security_events",
        "schedule": crontab(hour=4, minute=25),
    },
    "write-letters": {"task": "outreach.write_letters", "schedule": 60.0},
    "forget-letters": {"task": "outreach.forget_letters", "schedule": crontab(hour=4, minute=52)},
    "remind-pole-staff": {"task": "outreach.remind_staff", "schedule": crontab(hour=7, minute=40)},
    "advance-inquiries": {"task": "dealings.advance_inquiries", "schedule": crontab(hour=8, minute=5)},
    "sweep-private-files": {"task": "web.sweep_private_files", "schedule": crontab(hour=4, minute=10)},
    "forget-list-changes": {"task": "web.forget_list_changes", "schedule": crontab(hour=4, minute=15)},
}

# Whether sources of notices are read: the demo asks nothing of other servers.
READ_SOURCES = env.bool("READ_SOURCES", default=not DEMO)
# How long a worker may hold a row; one that died gives it back then.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=20)
# How many mails a minute providers take from us: « gmail.com=300,outlook.com=200 ». Of others, as many as the server does.
MAIL_RATES = {domain.lower(): int(most) for domain, most in env.dict("MAIL_RATES", default={}).items()}
# How long a letter that tells of a decision waits, so that the decision can still be undone.
DECISION_HOLD_SECONDS = env.int("DECISION_HOLD_SECONDS", default=600)
# An instant alert waits this long after its first notice: a burst of notices is one mail.
ALERT_GATHERING_SECONDS = env.int("ALERT_GATHERING_SECONDS", default=600)

# Mail. `eml:///folder` writes one file per message (the demo); all else is django-environ's.
_email_url = env("EMAIL_URL", default="consolemail://")
if _email_url.startswith("eml://"):
    EMAIL_BACKEND = "marketplace.demo.mailbox.EmlBackend"
    EMAIL_FILE_PATH = _email_url.removeprefix("eml://")
else:
    vars().update(env.email_url_config(_email_url))
EMAIL_TIMEOUT = 20
# What a Prometheus shows to read `/metrics`; without it there is no such address.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="alertes@maillage.example")
SENDER_NAME = env("SENDER_NAME", default="Maillage")
SENDER_POSTAL_ADDRESS = env(
    "SENDER_POSTAL_ADDRESS", default="Maillage, 4200, rue Adam, Montréal (Québec) H1V 1S9"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Replies to a buyer's question come back to a domain of ours: its MX leads to `manage receive_mail`, or to a mail service
# that calls us (INBOUND_WEBHOOK names it, the secret is « user:password »). Without a domain, people answer on the site.
INBOUND_MAIL_DOMAIN = env("INBOUND_MAIL_DOMAIN", default="reponses.maillage.example" if DEMO else "")
INBOUND_WEBHOOK = env("INBOUND_WEBHOOK", default="")
# Where bounces come back to, by the same doors: each mail leaves with an envelope address of its own there. Its SPF must allow
# the server that sends.
BOUNCE_MAIL_DOMAIN = env("BOUNCE_MAIL_DOMAIN", default="") or INBOUND_MAIL_DOMAIN
# The mail service that tells what became of our mails, with the same secret.
TRACKING_WEBHOOK = env("TRACKING_WEBHOOK", default="")
# Names under which a mail server of ours writes what SPF, DKIM and DMARC say of a mail; certificate and key of the listener.
INBOUND_TRUSTED_AUTHSERV = env.list("INBOUND_TRUSTED_AUTHSERV", default=[])
INBOUND_TLS_CERTIFICATE = env("INBOUND_TLS_CERTIFICATE", default="")
INBOUND_TLS_KEY = env("INBOUND_TLS_KEY", default="")
ANYMAIL = {"WEBHOOK_SECRET": secret} if (secret := env("INBOUND_WEBHOOK_SECRET", default="")) else {}
# Law 25 wants a named person; both stand on the privacy page.
# What stores every mail: `accounts` writes some, and its layer is below the outbox.
SEND_EMAIL = "marketplace.outbox.compose.send_email"
# What writes the security log, for `web`, whose layer is below it.
RECORD_SECURITY_EVENT = "marketplace.accounts.security.log.record_security_event"
WITHHOLD_LETTERS = "marketplace.outbox.delivery.withhold_letters"
PRIVACY_OFFICER = env("PRIVACY_OFFICER", default="") or _("la direction de Maillage")
PRIVACY_EMAIL = env("PRIVACY_EMAIL", default=DEFAULT_FROM_EMAIL)
# Whom journalists write to; without it the press page leads to the pôles.
PRESS_EMAIL = env("PRESS_EMAIL", default="presse@maillage.example" if DEMO else "")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "marketplace.accounts.security.passwords.OwnWordsValidator"},
    {"NAME": "marketplace.accounts.security.passwords.GuessableValidator"},
]
#: Pages that any app may lead to (`web.site.site_page_url`): this file knows every app, an app only those below it.
SITE_PAGES = {
    "home": "pages:home",
    "my_space": "pages:my_space",
    "contact": "pages:contact",
    "guides": "pages:guides",
    "save_search": "matching:save_search",
    "how_we_verify": "pages:how_we_verify",
    "accessibility": "pages:accessibility",
    "privacy": "pages:privacy",
    "terms": "pages:terms",
    "directory": "suppliers:directory",
    "ask_suppliers": "dealings:ask",
    "api_docs": "api:docs",
    "alerts": "matching:alert_list",
    "keep_supplier": "dealings:keep_supplier",
    "selection": "dealings:selection",
    "selection_catalogue": "outreach:selection_catalogue",
    "declined": "dealings:declined",
    "password_change": "account_change_password",
}
LOGIN_REDIRECT_URL = "pages:my_space"
LOGOUT_REDIRECT_URL = "pages:home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "marketplace.outbox.account_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "marketplace.accounts.forms.OpenSignUpForm",
    "change_password": "marketplace.accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# What touches the account asks for the password again, unless one has just given it (outbox.account_adapter).
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# The link of a reset opens the account by itself: whoever is kept out by strangers who guess comes in that way.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "marketplace.accounts.security.reset_tokens.ResetTokens"  # noqa: S105
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Per address (a whole institution may share one), and per account. allauth's own where nothing is said here.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip",  # and in the database, per account too (accounts.security.tries)
    "signup": "60/h/ip",
    "reset_password": "30/h/ip,5/h/key",
    "reset_password_from_key": "60/h/ip",
    "reauthenticate": "10/m/user",
    "change_password": "10/m/user",
    "manage_email": "20/h/user",
}
# How many months a proof of a criterion holds unless the pôle gives it another last day, by what it rests on.
PROOF_MONTHS = {"document": 12, "registry": 12, "website": 12, "call": 12, "federation": 12}

# Law 25, in months: words of requests that were answered; what was begun and left, or taken back; invitations that
# nobody accepted, after they expire. Whoever began a registration is told so many days before it goes.
KEEP_DECIDED_MONTHS = env.int("KEEP_DECIDED_MONTHS", default=24)
KEEP_ABANDONED_MONTHS = env.int("KEEP_ABANDONED_MONTHS", default=12)
KEEP_INVITATIONS_MONTHS = env.int("KEEP_INVITATIONS_MONTHS", default=3)
# Exchanges between buyers and suppliers, after they close.
KEEP_INQUIRIES_MONTHS = env.int("KEEP_INQUIRIES_MONTHS", default=36)
# A buyer's own list of suppliers, from the day it came.
KEEP_OWN_LISTS_MONTHS = env.int("KEEP_OWN_LISTS_MONTHS", default=12)
# What a pôle noted of its calls, mails and meetings with an organisation.
KEEP_CONTACT_LOG_MONTHS = env.int("KEEP_CONTACT_LOG_MONTHS", default=36)
# The security log: how many months it is kept, and after how many days a whole IP address becomes its network.
KEEP_SECURITY_MONTHS = env.int("KEEP_SECURITY_MONTHS", default=12)
KEEP_SECURITY_ADDRESS_DAYS = env.int("KEEP_SECURITY_ADDRESS_DAYS", default=30)
WARN_DAYS_BEFORE_FORGETTING = env.int("WARN_DAYS_BEFORE_FORGETTING", default=30)
# Whoever sees a whole territory needs more than a password; the demo's doors stay open to everyone.
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", default=not DEMO)
MFA_ADAPTER = "marketplace.accounts.security.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "marketplace.accounts.security.forms.SignInCodeForm",
    "reauthenticate": "marketplace.accounts.security.forms.ConfirmCodeForm",
    "activate_totp": "marketplace.accounts.security.forms.SetUpForm",
}
MFA_TOTP_ISSUER = "Maillage"
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: telephones are not all on time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "America/Toronto"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["marketplace.web.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
_static_root: str = env("STATIC_ROOT", default="")
STATIC_ROOT = _static_root or None
MEDIA_ROOT = env("MEDIA_ROOT", default=str(BASE_DIR / "media"))
# Evidence and notes: nothing serves this folder, a view of the app does (marketplace.web.private_files).
PRIVATE_ROOT = env("PRIVATE_ROOT", default=str(BASE_DIR / "private"))
# A collected folder means production: hashed names, cached for a year. Otherwise the finders serve the sources.
_collected = bool(_static_root) and Path(_static_root).is_dir()
WHITENOISE_USE_FINDERS = not _collected
# Both lie in a bucket instead, where S3_URL names one; the demo's always on disk.
BUCKET = None if DEMO else read_bucket_url(env("S3_URL", default=""))
_in_bucket = "marketplace.web.bucket_storage.BucketStorage"
STORAGES = {
    "default": {"BACKEND": _in_bucket, "OPTIONS": {"bucket": BUCKET, "location": "media"}}
    if BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": _in_bucket, "OPTIONS": {"bucket": BUCKET, "location": "private"}}
    if BUCKET
    else {
        "BACKEND": "marketplace.web.private_files.storage.PrivateStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF if DEMO else NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN" if DEMO else "DENY"  # the demo shows mails in a frame
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # staff: twelve hours without a page (accounts.security.sessions)
CSRF_FAILURE_VIEW = "marketplace.pages.error_views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc if HTTPS else None  # never the host that a request names
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from beside us, without a proxy between
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=HTTPS)
# Browsers' built-in lists are for the owner of the domain to decide, once for everything under it.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# How many reverse proxies of ours stand before us: as many entries of X-Forwarded-For, from the right, are true.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# A 50 MB upload gets a message, not a dropped connection: the views check sizes themselves.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.api.throttling.AddressThrottle"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Maillage",
    "DESCRIPTION": "Suppliers of Québec's social economy and the public notices they may answer. Read-only.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["marketplace.api.schema.describe_every_answer"],
}


LOGGING_CONFIG = "marketplace.web.logs.configure"
LOG_FORMAT = env("LOG_FORMAT", default="json")
LOGGING: dict[str, object] = {"version": 1}  # not empty, or Django would not call the function above

if SENTRY_DSN := env("SENTRY_DSN", default=""):
    import sentry_sdk

    from marketplace.web.logs import without_person

    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        before_send=without_person,
        traces_sample_rate=0.0,
    )
