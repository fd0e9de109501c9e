"""Structured logs: one JSON object a line in production, readable lines where a person watches."""

from __future__ import annotations

import logging.config
import os
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor


def drop_beginnings(logger: Any, method: str, event: EventDict) -> EventDict:
    """One line for a request, when it has ended; and none for the ticks that find nothing to do."""
    if event.get("event") in {"request_started", "task_enqueued", "task_started"}:
        raise structlog.DropEvent
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.UnicodeDecoder(),
]
# Their lines repeat what ours say, or are an answer's status and no fault of the program.
QUIET = {
    "django.request": "ERROR",
    "django_structlog": "INFO",
    "django_structlog.celery": "WARNING",
    "axes": "WARNING",
    "kombu": "WARNING",
    "amqp": "WARNING",
}


def configure(overrides: dict[str, Any] | None = None) -> None:
    """Set up structlog and the standard library's logging; Django calls this once (LOGGING_CONFIG)."""
    readable = sys.stderr.isatty() or os.environ.get("LOG_FORMAT") == "plain"
    renderer: Processor = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not readable:
        last.append(structlog.processors.format_exc_info)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [*last, renderer],
        "foreign_pre_chain": SHARED,
    }
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"structured": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {name: {"level": floor} for name, floor in QUIET.items()},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            drop_beginnings,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
