"""A second thread that computes beside the first, and matrix products that keep to one."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any

import numpy as np

from nnlite.training.running import surely


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

    def leave(self) -> None:
        """Let the thread end."""
        self.inbox.put(None)
        self.thread.join()


def work_off(inbox: SimpleQueue[Callable[[], None] | None]) -> None:
    """Do what arrives, until that is None."""
    with np.errstate(all="ignore"):
        while (task := inbox.get()) is not None:
            task()


class BlasThreads:
    """How many threads a matrix product takes: one, while anybody holds it to that.

    A convolution is many products: a second thread for each costs more than it gains, and two
    threads that multiply at once must keep to their own. Two fits at once hold it twice.
    """

    def __init__(self) -> None:
        # A holder that Ctrl-C lost may be let go by the garbage collector, in the midst of this.
        self.lock = threading.RLock()
        self.holders: set[object] = set()
        self.controller: Any = None
        self.before: list[tuple[Any, int]] = []
        """Each library, and its number of threads before it was held."""

    def hold(self, holder: object) -> None:
        """Let each product take one thread."""
        with self.lock:
            if not self.before:
                if self.controller is None:
                    # Not with the package: it looks through all libraries that are loaded.
                    from threadpoolctl import ThreadpoolController

                    self.controller = ThreadpoolController().select(user_api="blas")
                libraries = self.controller.lib_controllers
                self.before = [(library, library.num_threads) for library in libraries]
            self.holders.add(holder)
            for library, _ in self.before:
                set_threads(library, 1)

    def let_go(self, holder: object) -> None:
        """Give the products their threads again, if nobody else holds them; may be said twice."""
        with self.lock:
            self.holders.discard(holder)
            if not self.holders:
                for library, count in self.before:
                    set_threads(library, count)
                self.before = []


def set_threads(library: Any, count: int) -> None:
    """Let the products of a library take so many threads, whichever thread says so.

    threadpoolctl listens to the first thread that says it, unless that is forgotten.
    """
    forget = getattr(library, "clear_controlling_thread", lambda force: None)
    forget(force=True)
    library.set_num_threads(count)
    forget(force=True)


blas_threads = BlasThreads()
"""Those of this process."""


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold matrix products to one thread, until Ctrl-C at the latest."""
    holder = object()
    with surely(partial(blas_threads.let_go, holder)):
        blas_threads.hold(holder)
        yield
