"""A process that writes mails as the apps do: `python -m tests.proofs.chaos.writer FIRST COUNT PER_SECOND`.

PER_SECOND 0 writes them all in one transaction. A batch that PostgreSQL did not take is written again: its keys are the same.
"""

from __future__ import annotations

import sys
import time

import django

BATCH = 10


def write_mails(numbers: range) -> None:
    from django.db import transaction

    from tests.outbox.builders import write_raw

    with transaction.atomic():
        for number in numbers:
            kind = "account.test" if number % 50 == 0 else "alert"
            write_raw(
                kind=kind, address=f"membre{number}@exemple.test", subject=f"case:{number}", version="1", title=f"Avis {number}",
                text="Bonjour\n" * 40, html="<p>Bonjour</p>" * 40, is_digest=number % 2 == 0,
            )  # fmt: skip


def main(first: int, count: int, per_second: float) -> None:
    django.setup()
    from django.db import InterfaceError, OperationalError, connection

    if not per_second:
        write_mails(range(first, first + count))
        return
    began = time.monotonic()
    for at in range(0, count, BATCH):
        time.sleep(max(0.0, began + at / per_second - time.monotonic()))
        while True:
            try:
                write_mails(range(first + at, min(first + at + BATCH, first + count)))
                break
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(0.2)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
