"""Settings, all from the environment (docs/configuration.md says what each variable means)."""

from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from aiplatform import environment

BASE_DIR = environment.ROOT
DATA_DIR = environment.data_dir()
DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(DATA_DIR)
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.whole_number("PORT", 8000)
BASE_URL = environment.text("BASE_URL", f"http://{HOST}:{PORT}")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ORGANISATION = environment.text("ORGANISATION", "Architecture reviews")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "checklists",
    "reviews",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "aiplatform.headers.PermissionsPolicy",
    "aiplatform.compression.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "aiplatform.sessions.Authentication",
    "aiplatform.headers.NotStored",
    "aiplatform.language.LanguageAndTimeZone",
    "django_htmx.middleware.HtmxMiddleware",
    "aiplatform.sign_in.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reviews.views.refusals.Refusals",
]

ROOT_URLCONF = "aiplatform.urls"
WSGI_APPLICATION = "aiplatform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviews.context.unread",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "django.templatetags.i18n",
                "reviews.templatetags.shown",
                "aiplatform.made_for",
            ],
        },
    },
]

DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "reviews.User"
SESSION_ENGINE = "aiplatform.sessions"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What holds where nobody chose: see aiplatform/language.py. The catalogue of translations: docs/translating.md.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = environment.one_of("DEFAULT_LANGUAGE", *(code for code, _name in LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "aiplatform.formats"
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
MESSAGE_TAGS = {message_levels.ERROR: "error"}

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aiplatform.static.Storage"},
    "evidence": environment.evidence_storage(DATA_DIR),
}

EVIDENCE_MEGABYTES = environment.whole_number("EVIDENCE_MEGABYTES", 20)
EVIDENCE_PIECES = environment.whole_number("EVIDENCE_PIECES", 20)

# Security. Only TLS_PROXY=1 turns on what needs https; a laptop on plain http could not sign in otherwise.
TLS_PROXY = environment.flag("TLS_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS_PROXY else None
SECURE_SSL_REDIRECT = TLS_PROXY
SECURE_HSTS_SECONDS = 31_536_000 if TLS_PROXY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS_PROXY
SECURE_HSTS_PRELOAD = TLS_PROXY
SESSION_COOKIE_SECURE = TLS_PROXY
CSRF_COOKIE_SECURE = TLS_PROXY
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "aiplatform.sign_in.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The longest text that a form sends is a draft: four million bytes, and one more for each line.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Celery. The database says what work there is; a message only nudges a worker to look.
REDIS_URL = environment.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 1, "socket_timeout": 5}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "queue-control"),
        "polling_interval": 0.1,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Rendering long reports takes memory that Python does not give back.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 800_000  # kilobytes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
SWEEP_SECONDS = environment.whole_number("SWEEP_SECONDS", 60)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "reviews.tasks.sweep", "schedule": SWEEP_SECONDS},
    "integrity": {"task": "reviews.tasks.check_integrity", "schedule": crontab(hour=2, minute=17)},
    "ends": {"task": "reviews.tasks.tell_of_ends", "schedule": 3600},
    "due": {"task": "reviews.tasks.tell_of_due", "schedule": 3600},
    "sessions": {"task": "reviews.tasks.clear_sessions", "schedule": crontab(hour=3, minute=41)},
    "unfinished-files": {"task": "reviews.tasks.take_away_unfinished", "schedule": crontab(hour=1, minute=47)},
    "digests": {"task": "reviews.tasks.send_digests", "schedule": 1800},
}
REPORT_LEASE_SECONDS = environment.whole_number("REPORT_LEASE_SECONDS", 600)

REPORT_PAPER = environment.one_of("REPORT_PAPER", "A4", "Letter")

# Keys that sign reports: see docs/signing.md. Those that are made here lie in DATA_DIR/keys, encrypted.
KEYS_DIR = DATA_DIR / "keys"
KEYS_PASSWORD = environment.text("KEYS_PASSWORD")
KEYS_PASSWORD_OLD = environment.text("KEYS_PASSWORD_OLD")
SIGNING_PKCS12 = environment.text("SIGNING_PKCS12")
SIGNING_PKCS12_PASSWORD = environment.text("SIGNING_PKCS12_PASSWORD")
PKCS11_MODULE = environment.text("PKCS11_MODULE")
PKCS11_TOKEN = environment.text("PKCS11_TOKEN")
PKCS11_SECRET_PIN = environment.text("PKCS11_PIN")  # pages about errors hide what is called secret
PKCS11_SEAL = environment.text("PKCS11_SEAL", "seal")
PKCS11_AUTHORITY = environment.text("PKCS11_AUTHORITY")
KEY_PROVIDER = environment.text("KEY_PROVIDER")
# Certificates name the address of their revocation list only where others can reach it.
REVOCATION_LISTS = f"{BASE_URL.rstrip('/')}/ca/" if environment.text("BASE_URL") else ""
TSA_URL = environment.text("TSA_URL")
TSA_TIMEOUT = environment.whole_number("TSA_TIMEOUT", 10)
TSA_TRUSTED = environment.text("TSA_TRUSTED")

# Mail: notices. Without a server, a page shows what would have been sent.
_MAIL = environment.mail_server()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _MAIL.get("host", ""), _MAIL.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("user", ""), _MAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("starttls", False), _MAIL.get("tls", False)
EMAIL_TIMEOUT = 10
MAILBOX = not _MAIL
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", f"reviews@{urlsplit(BASE_URL).hostname}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "WARNING")},
}
