"""Settings, all from the environment (see .env.example).

Nothing secret or specific to a deployment has a default, so a missing variable stops
the start with its name. NAME_FILE names a file that holds the value of NAME. Code reads
settings through django.conf, never from here.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from console import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # NAME_FILE names the file that holds NAME
environ.Env.read_env(BASE_DIR / ".env")

# This installation

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CONSOLE_URL = env.str("CONSOLE_URL").rstrip("/")
ORGANIZATION_NAME = env.str("ORGANIZATION_NAME")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Keycloak and Imply

KEYCLOAK_URL = env.str("KEYCLOAK_URL").rstrip("/")
KEYCLOAK_REALM = env.str("KEYCLOAK_REALM")
KEYCLOAK_CLIENT_ID = env.str("KEYCLOAK_CLIENT_ID")
KEYCLOAK_CLIENT_SECRET = env.str("KEYCLOAK_CLIENT_SECRET")
KEYCLOAK_ISSUER = f"{KEYCLOAK_URL}/realms/{KEYCLOAK_REALM}"
# Keycloak tells its version only to administrators of the master realm.
KEYCLOAK_VERSION = env.str("KEYCLOAK_VERSION", default="")
IMPLY_MANAGER_URL = env.str("IMPLY_MANAGER_URL", default="").rstrip("/")
IMPLY_FEATURE_FLAGS_PATH = env.str(
    "IMPLY_FEATURE_FLAGS_PATH", default="spec.featureFlags"
)
IMPLY_OAUTH_FLAG = env.str("IMPLY_OAUTH_FLAG", default="oauth2")
IMPLY_FLAG_WRITES = env.str("IMPLY_FLAG_WRITES", default="guided")
DELEGABLE_ROLES = env.list("DELEGABLE_ROLES", default=[])
ENVIRONMENTS = env.list("ENVIRONMENTS", default=[])
FINGERPRINT_KEY = env.str("FINGERPRINT_KEY")
AUDIT_SIGNING_KEY = env.str("AUDIT_SIGNING_KEY")
AUDIT_PUBLIC_KEYS = env.list("AUDIT_PUBLIC_KEYS", default=[])
AUDIT_CHECKPOINT_FILE = env.str("AUDIT_CHECKPOINT_FILE", default="")
SYNC_EVERY_MINUTES = env.int("SYNC_EVERY_MINUTES", default=10)
UPSTREAM_CA_FILE = env.str("UPSTREAM_CA_FILE", default="")
if UPSTREAM_CA_FILE and not Path(UPSTREAM_CA_FILE).is_file():
    raise ImproperlyConfigured(f"UPSTREAM_CA_FILE: there is no {UPSTREAM_CA_FILE}")
# While a service does not answer, two threads are left for what does not need it.
UPSTREAM_CALLS = max(1, env.int("WEB_THREADS", default=4) - 2)

# The audit log's copies elsewhere (docs/audit-log.md)

AUDIT_FORWARD_URL = env.str("AUDIT_FORWARD_URL", default="")
AUDIT_FORWARD_FORMAT = env.str("AUDIT_FORWARD_FORMAT", default="json")
AUDIT_FORWARD_TOKEN = env.str("AUDIT_FORWARD_TOKEN", default="")

# Django

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "console",
    "audit",
    "apiclients",
    "clusters",
]

MIDDLEWARE = [
    "console.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "console.middleware.HeadersMiddleware",
    "console.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.middleware.FetchMetadataMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.middleware.ActorMiddleware",
    "console.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "console.context_processors.shell",
            ],
            "builtins": ["django.templatetags.static"],
        },
    }
]

# Every transaction is short and its own: an intent must be durable before the call
# that it announces, so no ATOMIC_REQUESTS.
DATABASES = {"default": env.db_url("DATABASE_URL")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    }
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Sessions: people live in Keycloak, so there are no users here (docs/adr/0007)

SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
SESSION_HOURS = env.int("SESSION_HOURS", default=8)
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", default=15)
STEP_UP_ACR = env.list("STEP_UP_ACR", default=[])
REVEALS_PER_PERSON = env.int("REVEALS_PER_PERSON", default=20)
REVEALS_FOR_ALL = env.int("REVEALS_FOR_ALL", default=100)
SIGN_INS_PER_PERSON = env.int("SIGN_INS_PER_PERSON", default=20)
SIGN_INS_FOR_ALL = env.int("SIGN_INS_FOR_ALL", default=500)
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=True)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE_COOKIES else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE_COOKIES else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The browser

CSRF_FAILURE_VIEW = "console.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [CONSOLE_URL]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
SECURE_SSL_REDIRECT = CONSOLE_URL.startswith("https:")
# Probes and monitoring come over the local network, without TLS.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SECURE_HSTS_SECONDS = 63072000 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
# no-referrer would make Chromium send "Origin: null", which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_provider = urlsplit(KEYCLOAK_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler draws ticks and arrows from data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        # Signing in and out are forms whose answers redirect to the provider.
        "form-action": [SELF, f"{_provider.scheme}://{_provider.netloc}"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

# No uploads anywhere, and no form of this console needs more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
FILE_UPLOAD_HANDLERS = ["console.uploads.RefusingHandler"]

LOGGING = logs.configuration(
    env.str("LOG_FORMAT", default="line"), env.str("LOG_LEVEL", default="INFO")
)
