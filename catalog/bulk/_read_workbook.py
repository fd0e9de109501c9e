"""A program by itself: the first sheet of a workbook as lines of JSON, in little memory and time or not at all."""

from __future__ import annotations

import json
import resource
import sys

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 1536 * 1024 * 1024
SECONDS = 150
DAMAGED, TOO_MUCH = 3, 4


def main(path: str) -> int:
    """Write the rows to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with CalamineWorkbook.from_path(path) as book:
            for row in book.get_sheet_by_index(0).iter_rows():
                cells = list(row)
                while cells and cells[-1] == "":
                    cells.pop()
                sys.stdout.write(json.dumps(cells, ensure_ascii=True, default=str) + "\n")
    except MemoryError:
        return TOO_MUCH
    except BaseException as error:  # a panic of the reader is none of Exception
        return DAMAGED if isinstance(error, Exception | CalamineError) else TOO_MUCH
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
