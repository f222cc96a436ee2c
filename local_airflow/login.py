"""Who may log in to a local Airflow: one administrator, whose password is made anew at each start."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

USER = "admin"


@dataclass(frozen=True)
class Login:
    user: str
    password: str = field(repr=False)

    @classmethod
    def new(cls) -> "Login":
        return cls(USER, secrets.token_urlsafe(12))

    def store(self, path: Path) -> None:
        """Writes what Airflow's simple auth manager reads; only this user may read it. FileExistsError if it exists."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({self.user: self.password}, file)
