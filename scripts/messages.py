"""The message catalogues: compiled without gettext, and checked to be complete.

python scripts/messages.py compile     write the .mo files
python scripts/messages.py check       fail for every message of the code that has no translation
python scripts/messages.py update      gather the messages of the code into the catalogues
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGE = "zh_Hans"
FOLDERS = ("zcy", "accounts", "catalog", "orders", "supervision", "credit", "exchange", "templates", "static")
GATHER = ["makemessages", "-l", LANGUAGE, "--no-wrap", "--no-location", "--no-obsolete", "-v", "0"]
for _folder in (".venv", "node_modules", ".local", "static_vendor", "tests", "bench", "deploy", "docs"):
    GATHER += ["-i", f"{_folder}/*"]


def compile_all() -> None:
    """Write every catalogue's compiled form, in one step each, so that a reader never sees half of it."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        catalogue = polib.pofile(str(source))
        fresh = source.with_suffix(".mo.new")
        catalogue.save_as_mofile(str(fresh))
        fresh.replace(source.with_suffix(".mo"))


def update() -> None:
    """Gather the code's messages into the catalogue; translations that are there stay."""
    need_gettext()
    (LOCALE / LANGUAGE / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    gather(ROOT)
    compile_all()


def check() -> None:
    """Gather into a copy of the project, and say what the catalogue lacks."""
    need_gettext()
    with tempfile.TemporaryDirectory(prefix="zcy-messages-") as folder:
        copy = Path(folder)
        for name in (*FOLDERS, "locale", "manage.py"):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, copy / name)
        (copy / "locale" / LANGUAGE / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
        gather(copy)
        missing = sorted(
            entry.msgid
            for source in (copy / "locale" / LANGUAGE / "LC_MESSAGES").glob("*.po")
            for entry in polib.pofile(str(source))
            if not entry.obsolete and ("fuzzy" in entry.flags or not entry.translated())
        )
    for message in missing:
        print(f"no Chinese translation: {message!r}")
    if missing:
        sys.exit(f"zcy: {len(missing)} messages have no Chinese translation: add them to locale/{LANGUAGE}/.")


def gather(folder: Path) -> None:
    """Run makemessages in a folder that is laid out like the project."""
    done = subprocess.run(
        [sys.executable, "manage.py", *GATHER],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "zcy.settings.dev"},
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\nzcy: the messages could not be gathered: see above.")


def need_gettext() -> None:
    """Have xgettext, installed where the user may install it."""
    if shutil.which("xgettext"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "gettext"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    if not shutil.which("xgettext"):
        sys.exit("zcy: xgettext is missing: install gettext (on Debian: apt-get install gettext).")


COMMANDS = {"compile": compile_all, "check": check, "update": update}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: messages.py {'|'.join(COMMANDS)}")
    COMMANDS[sys.argv[1]]()
