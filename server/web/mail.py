"""Mail: the one thing that the server sends anywhere, and only where the operator has said how."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from server.config import Settings

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One letter."""

    to: str
    subject: str
    text: str


def send(settings: Settings, mail: Mail) -> bool:
    """Hand a letter to the operator's mail server; False, and a line in the log, if it refuses.

    The line names neither the reader nor what was written.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to, mail.subject
    message.set_content(mail.text)
    try:
        with _open(settings) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.error("a mail could not be sent: %s", type(error).__name__)  # noqa: TRY400 - its text names the reader
        return False
    return True


def greet(settings: Settings) -> str:
    """Sign in at the operator's mail server and send nothing; gives why that cannot be, or ""."""
    try:
        _open(settings).quit()
    except (OSError, smtplib.SMTPException) as error:
        return str(error) or type(error).__name__
    return ""


def _open(settings: Settings) -> smtplib.SMTP:
    """Connect, encrypted, and sign in where a name is set."""
    parts = urlsplit(settings.smtp_url)
    server = _connect(parts.scheme, parts.hostname or "", parts.port)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(
            host, port or PORTS[scheme], timeout=PATIENCE_SECONDS, context=trusted
        )
    server = smtplib.SMTP(host, port or PORTS[scheme], timeout=PATIENCE_SECONDS)
    server.ehlo()
    # Only a server on this very machine may do without encryption.
    if server.has_extn("starttls") or host not in ("localhost", "127.0.0.1", "::1"):
        server.starttls(context=trusted)
        server.ehlo()
    return server


def in_background(work: Callable[[], object]) -> None:
    """Do something while the answer goes out already."""
    threading.Thread(target=work, name="mail", daemon=True).start()
