"""The one thread that writes: in order, many writes in one transaction, and what cannot be written now is kept.

It knows of sessions only their ids; the statements are in `writing`.
"""

from __future__ import annotations

import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from punie_agent.exceptions import StoreError
from punie_agent.store.database import Apply, Database
from punie_agent.store.faults import explain, is_passing
from punie_agent.store.leases import HEARTBEAT_SECONDS

logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.05
BATCH_WRITES = 500
KEPT_BYTES = 64 << 20
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0, 5.0)


@dataclass(eq=False)
class Write:
    """One thing to write.

    Attributes:
        session: whose it is.
        make: gives the bytes it takes and what writes it; called once, in the writing thread.
        anchor: writes the rows that this one refers to, when these are not there.
        soon: False when it may wait a moment for others, and be dropped when too much is kept in memory.
        tried: done when it is written, or kept because it cannot be now.
    """

    session: str
    make: Callable[[], tuple[int, Apply]]
    anchor: Apply
    soon: bool = True
    tried: Future[None] = field(default_factory=Future)
    size: int = 0
    apply: Apply | None = None

    def prepare(self) -> Apply:
        """What writes it."""
        if self.apply is None:
            self.size, self.apply = self.make()
        return self.apply


@dataclass(eq=False)
class _Call:
    action: Callable[[Connection], Any]
    patient: bool
    damaged: tuple[int, int] | None = None
    result: Future[Any] = field(default_factory=Future)


class Writer:
    """The writing thread of one database. The constructor touches nothing.

    Args:
        database: where to.
        tell: gets a sentence, and whether it is bad news; called in the writing thread.
        beat: gives what keeps this store's leases, or None; asked now and then.

    Attributes:
        problem: why nothing can be written now; None when all is well.
    """

    def __init__(self, database: Database, tell: Callable[[str, bool], None], beat: Callable[[], Apply | None]) -> None:
        self.problem: StoreError | None = None
        self._database = database
        self._tell = tell
        self._beat = beat
        self._wake = threading.Condition()
        self._incoming: deque[Write | _Call] = deque()
        self._due = math.inf
        self._closing = False
        self._thread: threading.Thread | None = None
        # Only the thread touches these.
        self._queue: deque[Write] = deque()
        self._retry_at = 0.0
        self._failures = 0
        self._lost = 0

    def write(self, write: Write) -> Future[None]:
        """Write it after all others. Raises StoreError when the store was closed."""
        self._add(write, 0.0 if write.soon else BATCH_SECONDS)
        return write.tried

    def call(self, action: Callable[[Connection], Any], *, patient: bool = True) -> Future[Any]:
        """Do something in a transaction after all writes. It is not kept: the future may raise.

        Args:
            action: what to do.
            patient: False for no new try while nothing can be written.
        """
        call = _Call(action, patient)
        self._add(call, 0.0)
        return call.result

    def replace_damaged(self, damaged: tuple[int, int] | None) -> Future[None]:
        """Put the file aside that a reader found damaged, and begin a new one."""
        call = _Call(lambda connection: None, patient=True, damaged=damaged)
        self._add(call, 0.0)
        return call.result

    def close(self, seconds: float) -> int:
        """Write what can be written, and end. Gives the number of writes that are lost."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(seconds)
        return len(self._queue) + len(self._incoming) + self._lost

    def _add(self, item: Write | _Call, seconds: float) -> None:
        with self._wake:
            if self._closing:
                raise StoreError("The store was closed.")
            self._incoming.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="punie-store", daemon=True)
                self._thread.start()
            due = time.monotonic() + (0.0 if len(self._incoming) >= BATCH_WRITES else seconds)
            if due < self._due:
                self._due = due
                self._wake.notify()

    def _run(self) -> None:
        beat_at = time.monotonic() + HEARTBEAT_SECONDS
        closing = False
        while not closing:
            with self._wake:
                while not self._closing and (rest := min(self._due, beat_at) - time.monotonic()) > 0:
                    self._wake.wait(rest)
                incoming, self._incoming = self._incoming, deque()
                self._due = math.inf
                closing = self._closing
            self._work(incoming, closing=closing)
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + HEARTBEAT_SECONDS
                self._keep_leases()
        self._database.close()

    def _work(self, incoming: deque[Write | _Call], *, closing: bool) -> None:
        for item in incoming:
            if isinstance(item, Write):
                self._queue.append(item)
            else:
                self._answer(item)
        self._write_queue(again=closing)
        if self._queue:
            with self._wake:
                self._due = min(self._due, self._retry_at)

    def _answer(self, call: _Call) -> None:
        """Run a call. Nothing that the database does may end the thread."""
        if call.damaged is not None:
            self._database.replace_damaged(call.damaged)
        self._write_queue(again=call.patient)
        if self.problem is not None and (self._queue or not call.patient):
            call.result.set_exception(self.problem)
            return
        try:
            call.result.set_result(self._database.transact(call.action))
        except StoreError as error:
            call.result.set_exception(error)
        except Exception as error:  # noqa: BLE001 - the border of the thread: the caller gets it
            call.result.set_exception(explain(error, self._database.location))

    def _write_queue(self, *, again: bool) -> None:
        if self.problem is not None and not again and time.monotonic() < self._retry_at:
            self._keep()
            return
        while self._queue:
            batch = list(itertools.islice(self._queue, BATCH_WRITES))
            try:
                for write in batch:  # before the transaction: others must not wait for it
                    write.prepare()
                self._database.transact(_all_of(batch), lasting=any(w.soon for w in batch))
            except Exception as error:  # noqa: BLE001 - the border of the thread
                if is_passing(error):
                    self._fail(explain(error, self._database.location))
                    return
                self._write_singly(batch)
            else:
                self._drop(len(batch))
        self._recover()

    def _write_singly(self, batch: Sequence[Write]) -> None:
        """Something in the batch is refused: find it, so that the rest is written."""
        for write in batch:
            try:
                self._write_one(write)
            except Exception as error:
                if is_passing(error):
                    return  # the next round sees it too
                logger.exception("a part of session %s could not be stored", write.session)
                self._lost += 1
                self._tell(f"A part of session {write.session} could not be stored: {_first_line(error)}", True)
            self._drop(1)

    def _write_one(self, write: Write) -> None:
        try:
            self._database.transact(_all_of([write]))
        except IntegrityError:
            # Somebody deleted the session, or the whole file, meanwhile. It goes on all the same, with what is new.
            self._database.transact(lambda connection: (write.anchor(connection), write.prepare()(connection)))

    def _drop(self, count: int) -> None:
        for _ in range(count):
            write = self._queue.popleft()
            if not write.tried.done():
                write.tried.set_result(None)

    def _fail(self, problem: StoreError) -> None:
        first = self.problem is None
        self.problem = problem
        self._retry_at = time.monotonic() + RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1
        self._keep()
        if first:
            self._tell(f"This session is not stored for now, only kept in memory. {problem}", True)

    def _recover(self) -> None:
        if self.problem is None:
            return
        self.problem = None
        self._failures = 0
        lost, self._lost = self._lost, 0
        rest = f"except for {lost} parts, for which there was no memory" if lost else "with all that was kept in memory"
        self._tell(f"Sessions are stored again, {rest}.", bool(lost))

    def _keep(self) -> None:
        """Whoever waits need not wait longer. What does not fit into memory is dropped: events first, oldest first."""
        total = 0
        for write in list(self._queue):
            try:
                write.prepare()
            except Exception:
                logger.exception("a part of session %s cannot be stored", write.session)
                self._queue.remove(write)
                self._lost += 1
            total += write.size
            if not write.tried.done():
                write.tried.set_result(None)
        for least in (True, False):
            if total <= KEPT_BYTES:
                return
            kept: deque[Write] = deque()
            for write in self._queue:
                if total > KEPT_BYTES and write.soon != least:
                    total -= write.size
                    self._lost += 1
                else:
                    kept.append(write)
            self._queue = kept

    def _keep_leases(self) -> None:
        beat = self._beat()
        if beat is None or self.problem is not None:
            return
        try:
            self._database.transact(beat, lasting=False)
        except Exception as error:  # noqa: BLE001 - the next beat may succeed, the next write will tell
            logger.debug("no heartbeat: %s", error)


def _all_of(writes: Sequence[Write]) -> Apply:
    def apply(connection: Connection) -> None:
        for write in writes:
            write.prepare()(connection)

    return apply


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
