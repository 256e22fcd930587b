"""What the environment says: the only place that reads it. Each value is explained in docs/configuration.md."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """The variable's value, or the content of the file that `<name>_FILE` names, or the default.

    Raises ImproperlyConfigured where that file cannot be read.
    """
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as problem:
            raise ImproperlyConfigured(f"{name}_FILE={file} cannot be read: {problem.strerror}") from None
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on or 0, false, no, off; raises ImproperlyConfigured for anything else."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”: give 1 or 0")


def whole_number(name: str, default: int) -> int:
    """A variable that is a whole number; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is “{value}”: give a whole number") from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, *values: str) -> str:
    """A variable with one of these values, the first where it is not set; raises ImproperlyConfigured for others."""
    if (value := text(name, values[0])) not in values:
        raise ImproperlyConfigured(f"{name} is “{value}”: give {' or '.join(values)}")
    return value


def time_zone(name: str, default: str) -> str:
    """A variable that names a time zone, such as Europe/Berlin; raises ImproperlyConfigured for any other text."""
    if (value := text(name, default)) != default and value not in available_timezones():
        raise ImproperlyConfigured(f"{name} is “{value}”: give the name of a time zone, such as Europe/Berlin")
    return value


def data_dir() -> Path:
    """The folder for everything that this installation writes; made, for its owner only, if absent."""
    folder = Path(text("DATA_DIR", str(ROOT / "var"))).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"DATA_DIR={folder} cannot be made: {problem.strerror}") from None
    return folder


def secret_key(folder: Path) -> str:
    """`SECRET_KEY`, or one made on first use and kept in `DATA_DIR`, so that a laptop needs no set-up."""
    if given := text("SECRET_KEY"):
        return given
    file = folder / "secret_key"
    if not file.exists():
        fresh = file.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            # A link, unlike a rename, fails where another process was first; its key then counts.
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text().strip()


def database(folder: Path) -> dict[str, Any]:
    """Django's description of the database: `DATABASE_URL` (postgres:// or sqlite://), else SQLite in `DATA_DIR`.

    Raises ImproperlyConfigured for any other scheme.
    """
    url = urlsplit(text("DATABASE_URL"))
    if url.scheme in {"", "sqlite"}:
        # sqlite:///relative/path and sqlite:////absolute/path, as SQLAlchemy and dj-database-url have it
        name = Path(unquote(url.path).removeprefix("/")) if url.path else folder / "reviews.sqlite3"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            # Opening one takes longer than most queries; each thread keeps its own.
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # A deferred transaction that turns into a writing one fails at once when another writes;
                # one that says so at its start waits its turn.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if url.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.removeprefix("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "OPTIONS": {
                "pool": {"min_size": 1, "max_size": whole_number("DATABASE_POOL", 10)},
                # Only what goes through `reviews.prepared` is ever prepared.
                "prepare_threshold": 2,
            },
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with “{url.scheme}://”: give postgres://user:password@host:port/name, "
        "or leave it empty for SQLite in DATA_DIR"
    )


def mail_server() -> dict[str, Any]:
    """`EMAIL_URL` as {host, port, user, password, starttls, tls}; empty where it is not set.

    smtp:// speaks in clear, smtp+tls:// asks for TLS after the greeting, smtps:// speaks TLS from the start. Raises
    ImproperlyConfigured for anything else.
    """
    url = urlsplit(text("EMAIL_URL"))
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if not url.scheme:
        return {}
    if url.scheme not in ports or not url.hostname:
        raise ImproperlyConfigured(
            f"EMAIL_URL begins with “{url.scheme}://”: give smtp+tls://user:password@host:587, smtps:// or smtp://, "
            "or leave it empty where no mail is to be sent"
        )
    return {
        "host": url.hostname,
        "port": url.port or ports[url.scheme],
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "starttls": url.scheme == "smtp+tls",
        "tls": url.scheme == "smtps",
    }


def evidence_storage(folder: Path) -> dict[str, Any]:
    """Django's description of where files of evidence lie: the bucket `EVIDENCE_BUCKET`, else `DATA_DIR/evidence`.

    Raises ImproperlyConfigured for an endpoint that is no web address, and for half of a pair of keys.
    """
    bucket, endpoint = text("EVIDENCE_BUCKET"), text("EVIDENCE_ENDPOINT")
    if not bucket:
        options = {
            "location": folder / "evidence",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"EVIDENCE_ENDPOINT is “{endpoint}”: give an address such as https://minio:9000")
    access_key, secret_key = text("EVIDENCE_ACCESS_KEY"), text("EVIDENCE_SECRET_KEY")
    if bool(access_key) != bool(secret_key):
        raise ImproperlyConfigured("Give both EVIDENCE_ACCESS_KEY and EVIDENCE_SECRET_KEY, or none of them")
    from botocore.config import Config

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": text("EVIDENCE_REGION") or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "location": text("EVIDENCE_PREFIX", "evidence"),
            "file_overwrite": False,
            "client_config": Config(
                # A host name for each bucket is Amazon's way; what others offer knows the path at least.
                s3={"addressing_style": "path" if endpoint else "auto"},
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 2},
                # Newer checksums are not understood everywhere; what is read is held against its SHA-256.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        },
    }
