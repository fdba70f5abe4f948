"""The settings of tests and checks: harmless values, no secret of anybody.

What is set already wins, so that DATABASE_URL can name a PostgreSQL. tests.settings
applies them; `python -m tests.environment -- command` runs a command with them.
"""

import os
import subprocess
import sys

DEFAULTS = {
    "SECRET_KEY": "only-for-tests-" + "0" * 50,
    "DEBUG": "False",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "CONSOLE_URL": "http://localhost:8000",
    "DATABASE_URL": "sqlite://:memory:",
    "KEYCLOAK_URL": "http://localhost:8180/auth",
    "KEYCLOAK_REALM": "northwind",
    "KEYCLOAK_CLIENT_ID": "api-client-console",
    "KEYCLOAK_CLIENT_SECRET": "demonstration-only",
    "KEYCLOAK_VERSION": "",
    "FINGERPRINT_KEY": "only-for-tests-" + "1" * 50,
    "AUDIT_SIGNING_KEY": "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE",
    "AUDIT_PUBLIC_KEYS": "",
    "AUDIT_CHECKPOINT_FILE": "",
    "ORGANIZATION_NAME": "Northwind Analytics",
    "IMPLY_MANAGER_URL": "",
    "IMPLY_FLAG_WRITES": "guided",
    "IMPLY_FEATURE_FLAGS_PATH": "spec.featureFlags",
    "IMPLY_OAUTH_FLAG": "oauth2",
    "AUDIT_FORWARD_URL": "",
    "AUDIT_FORWARD_FORMAT": "json",
    "AUDIT_FORWARD_TOKEN": "",
    "DELEGABLE_ROLES": "",
    "ENVIRONMENTS": "",
    "TRUSTED_PROXIES": "0",
    "SECURE_COOKIES": "False",
    "LOG_LEVEL": "WARNING",
    "LOG_FORMAT": "line",
    "METRICS_TOKEN": "",
    "SYNC_EVERY_MINUTES": "10",
    "UPSTREAM_CA_FILE": "",
    "WEB_THREADS": "16",
    "SESSION_IDLE_MINUTES": "15",
    "SESSION_HOURS": "8",
    "STEP_UP_MINUTES": "15",
    "STEP_UP_ACR": "",
    "REVEALS_PER_PERSON": "1000000",
    "REVEALS_FOR_ALL": "1000000",
    "SIGN_INS_PER_PERSON": "1000000",
    "SIGN_INS_FOR_ALL": "1000000",
}


def apply() -> None:
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


def main() -> int:
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    apply()
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
