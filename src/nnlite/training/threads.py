"""A second thread that computes beside the first, and matrix products that keep to one."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any

import numpy as np

from nnlite.training.running import surely

PATIENCE = 5.0
"""How many seconds to wait for what takes none."""


class Partner:
    """A second thread, that takes every second task."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # Ctrl-C may come before anybody can let the thread leave: it also ends with its owner.
        weakref.finalize(self, self.inbox.put, None)
        self.thread = threading.Thread(target=work_off, args=[self.inbox], daemon=True)
        self.thread.start()

    def share(self, tasks: Sequence[Callable[[], Any]]) -> list[Any]:
        """Return the results of the tasks; an error in any of them is raised."""
        results: list[Any] = [None] * len(tasks)
        errors: list[BaseException] = []
        finished = threading.Lock()

        def work(first: int) -> None:
            for place in range(first, len(tasks), 2):
                if errors:
                    break
                results[place] = tasks[place]()

        def theirs() -> None:
            try:
                work(1)
            except BaseException as error:
                errors.append(error)
            finally:
                finished.release()

        finished.acquire()
        self.inbox.put(theirs)
        try:
            work(0)
        except BaseException as error:
            errors.append(error)
            raise
        finally:
            # Even if mine fails, theirs comes to its end: it writes into the same model.
            finished.acquire()
        if errors:
            raise errors[0]
        return results

    @contextmanager
    def beside(self) -> Iterator[Partner]:
        """Let the thread work beside this one in here, and end afterwards."""
        with surely(self.leave):
            yield self

    def leave(self) -> None:
        """Let the thread end."""
        self.inbox.put(None)
        self.thread.join()


def work_off(inbox: SimpleQueue[Callable[[], None] | None]) -> None:
    """Do what arrives, until that is None."""
    with np.errstate(all="ignore"):
        while (task := inbox.get()) is not None:
            task()


class OneBlasThread:
    """Holds matrix products to one thread while anybody wants that: two fits at once, too.

    A convolution is many products: a second thread for each costs more than it gains, and two
    threads that multiply at once must keep to their own. Whenever a Ctrl-C comes, in the end each
    library of products has as many threads as before.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.holders: set[object] = set()
        self.controller: Any = None
        self.before: list[tuple[Any, int]] = []
        """While it holds them: the libraries, and the number of threads that each had."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the products to one thread in here."""
        holder = object()
        with surely(lambda: self._let_go(holder)):
            self._hold(holder)
            yield

    def _hold(self, holder: object) -> None:
        if self.controller is None:
            # Not with the package: it looks through all libraries that are loaded.
            from threadpoolctl import ThreadpoolController

            self.controller = ThreadpoolController()
        self.holders.add(holder)
        self._alone(self._limit)

    def _let_go(self, holder: object) -> None:
        self.holders.discard(holder)
        self._alone(self._restore)

    def _limit(self) -> None:
        if not self.before:
            libraries = [one for one in self.controller.lib_controllers if one.user_api == "blas"]
            self.before = [(library, library.get_num_threads()) for library in libraries]
        for library, _ in self.before:
            library.set_num_threads(1)

    def _restore(self) -> None:
        if not self.holders:
            for library, threads in self.before:
                library.set_num_threads(threads)
            self.before = []

    def _alone(self, change: Callable[[], None]) -> None:
        """Make a change while no other thread makes one.

        Each takes no time: whoever seems to take longer was interrupted before the lock was open.
        """
        self.lock.acquire(timeout=PATIENCE)
        try:
            change()
        finally:
            with suppress(RuntimeError):
                self.lock.release()


one_blas_thread = OneBlasThread()
"""The one of this process."""
