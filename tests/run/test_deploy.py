"""What the containers need: secrets, health that can fail, and settings that the guide names."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts.onboarding import files
from catalog import pictures
from catalog.bulk import limits as bulk_limits
from catalog.forms import references
from tests.run.platform import environment
from zcy import clock
from zcy.embedded.paths import PROJECT_ROOT
from zcy.uploads import MEGABYTE

GUIDE = (PROJECT_ROOT / "docs" / "operate" / "deploy.md").read_text(encoding="utf-8")


def make_secrets(folder: Path) -> str:
    (folder / "deploy").mkdir(exist_ok=True)
    script = shutil.copy(PROJECT_ROOT / "deploy" / "make-secrets.py", folder / "deploy")
    return subprocess.run([sys.executable, script], check=True, capture_output=True, text=True).stdout


def test_secrets_are_made_once_fit_each_other_and_are_in_a_closed_folder(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    folder = tmp_path / "deploy" / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert made["database_password"].strip() in made["database_url"]
    assert made["valkey_password"].strip() in made["redis_url"]
    assert len(made["secret_key"]) > 50
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    make_secrets(tmp_path)
    assert {path.name: path.read_text() for path in folder.iterdir()} == made


def test_the_proxy_that_is_no_root_can_read_the_certificate_and_its_key(tmp_path: Path) -> None:
    assert "still missing" in make_secrets(tmp_path)
    for name in ("tls.crt", "tls.key"):
        (tmp_path / "deploy" / "secrets" / name).write_text("x")
        (tmp_path / "deploy" / "secrets" / name).chmod(0o600)
    assert "still missing" not in make_secrets(tmp_path)
    for name in ("tls.crt", "tls.key"):
        assert stat.S_IMODE((tmp_path / "deploy" / "secrets" / name).stat().st_mode) == 0o444


def health(word: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/healthcheck.py", word],
        cwd=PROJECT_ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_web_that_does_not_answer_is_not_well() -> None:
    # Nothing but the image's own web process listens there; a platform on this machine would answer another host.
    answer = health("web", ALLOWED_HOSTS="nobody.example.org")
    assert answer.returncode != 0
    assert "Traceback" not in answer.stderr


@pytest.mark.django_db(transaction=True)
def test_beat_is_well_only_while_it_sends(tmp_path: Path) -> None:
    host = settings.DATABASES["default"]["HOST"]
    address = f"postgresql://zcy@/{connection.settings_dict['NAME']}?host={host}"
    PeriodicTask.objects.all().delete()
    assert "nothing has been sent yet" in health("beat", DATABASE_URL=address).stderr
    every, _made = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    task = PeriodicTask.objects.create(name="tick", task="zcy.tasks.dispatch_outbox", interval=every)
    for ago, well in ((30, True), (3600, False)):
        PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=clock.now() - timedelta(seconds=ago))
        assert (health("beat", DATABASE_URL=address).returncode == 0) is well
    secret = tmp_path / "database_url"
    secret.write_text(address + "\n")
    assert "nothing has been sent for" in health("beat", DATABASE_URL_FILE=str(secret)).stderr
    assert health("beat", DATABASE_URL="postgresql://zcy@127.0.0.1:9/zcy").returncode != 0


def test_the_guide_names_every_setting_of_production() -> None:
    files = [PROJECT_ROOT / "zcy" / "settings" / f"{name}.py" for name in ("base", "prod")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", text))
    own = {"DEBUG", "ZCY_DEBUG", "ZCY_DEMO"}  # refused in production
    missing = {name for name in read - own if f"`{name}`" not in GUIDE}
    assert not missing


def test_the_proxy_answers_what_is_too_large_in_words_with_the_limits_of_the_platform() -> None:
    config = (PROJECT_ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert "error_page 413 /too-large.html;" in config
    assert "./deploy/pages:/etc/nginx/pages:ro" in (PROJECT_ROOT / "docker-compose.yml").read_text()
    page = (PROJECT_ROOT / "deploy" / "pages" / "too-large.html").read_text(encoding="utf-8")
    said = [int(figure) for figure in re.findall(r"不超过 (\d+) MB", page)]
    limits = (pictures.MOST_BYTES, files.MOST_BYTES, references.MOST_BYTES, bulk_limits.MOST_BYTES)
    assert said == [most // MEGABYTE for most in limits]
