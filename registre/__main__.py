"""``python -m registre``."""

from registre.cli import app
from registre.terminal import run

if __name__ == "__main__":
    run(app)
