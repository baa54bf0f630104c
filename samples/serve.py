"""`make serve`: HuleEdu on this machine, with a demo teacher, until Ctrl-C.

Its data stays in var/ (or where .env says), so the next start goes on where this one ended.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path

from running import HOUSE, Broken, Site, refuse_taken_port, stopping_on_signals

EMAIL = "teacher@example.org"
PORT = int(os.environ.get("PORT", "8000"))
VAR = Path(os.environ.get("VAR_DIR", HOUSE / "var"))


def password() -> str:
    """The demo teacher's password: made once, kept where only this user can read it."""
    path = VAR / "demo-login"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def main() -> int:
    say = sys.stdout.write
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        refuse_taken_port(PORT)
        with stopping_on_signals(), Site(port=PORT, environment={}) as site:
            say("Preparing the database and the static files ...\n")
            site.manage("migrate", "--verbosity", "0")
            site.manage("collectstatic", "--no-input", "--verbosity", "0")
            site.make_teacher(EMAIL, password())
            site.start(processes=2)
            say(f"\n  {site.url}\n  e-mail    {EMAIL}\n  password  {password()}\n\n")
            say("Ctrl-C stops it; the data stays.\n")
            sys.stdout.flush()
            while True:
                site.check()
                time.sleep(0.5)
    except KeyboardInterrupt:
        say("\nStopped.\n")
        return 0
    except Broken as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
