"""Hashes the password on standard input, as an htpasswd file has it; runs in ``local/.venv``."""

import sys

import bcrypt

# The least that bcrypt takes: the registry hashes at every request, and a random password of 240
# bits needs no slow hash.
ROUNDS = 4


def main() -> None:
    """Print the hash."""
    print(bcrypt.hashpw(sys.stdin.read().encode(), bcrypt.gensalt(ROUNDS)).decode())


if __name__ == "__main__":
    main()
