"""Batches made in processes of their own, so that the optimizer never waits for the generator on another core."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import connection, parent_process
from multiprocessing.process import BaseProcess
from queue import Empty
from threading import Thread
from typing import Any, TypeVar

import torch
from torch import multiprocessing

#: Batches that wait for the optimizer.
BATCHES_AHEAD = 6
#: Longest that the optimizer waits for a batch: an atlas of many heads takes minutes to load.
WAIT_SECONDS = 900
#: Between the seeds of a run's generators: more than a run has steps.
GENERATOR_SEEDS = 500_009

#: A NamedTuple of tensors.
Batch = TypeVar("Batch", bound="tuple[torch.Tensor, ...]")


def to_device(batch: Batch, device: torch.device | str) -> Batch:
    kind: Any = type(batch)
    return kind(*(part.to(device) for part in batch))


@contextmanager
def made_ahead(
    make: Callable[[int], Callable[[], Batch]], seed: int, processes: int, device: torch.device
) -> Iterator[Callable[[], Batch]]:
    """Gives the function that returns the next batch, on `device`. make: opens an endless stream from a seed (to be
    pickled); processes: that many run ahead, each with a stream; 0: the stream is made here, when it is asked for.

    One process gives the same batches as none; of several, whichever is ready comes first. RuntimeError, from that
    function, where the processes have died. They end with the block, and with this process however it ends.
    """
    if not processes:
        yield make(seed)
        return
    context = multiprocessing.get_context("spawn")
    queue = context.Queue(BATCHES_AHEAD)
    with ExitStack() as started:
        workers: list[BaseProcess] = []
        for number in range(processes):
            worker = context.Process(target=_produce, args=(make, seed + GENERATOR_SEEDS * number, queue), daemon=True)
            worker.start()
            started.callback(_end, worker)
            workers.append(worker)
        yield partial(_take, queue, workers, device)


def _end(worker: BaseProcess) -> None:
    worker.terminate()
    worker.join()


def _produce(make: Callable[[int], Callable[[], Batch]], seed: int, queue: multiprocessing.Queue) -> None:
    # Ctrl-C reaches the whole group; the process that asked for batches ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    # Else each batch that waits holds file handles, of which a process has few.
    multiprocessing.set_sharing_strategy("file_system")
    following = make(seed)
    while True:
        # In the memory that processes share: of a GPU's own memory a process must not let go before the other has.
        queue.put(to_device(following(), "cpu"))


def _end_with_parent() -> None:
    """A process that is killed ends no others."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


def _take(queue: multiprocessing.Queue, workers: list[BaseProcess], device: torch.device) -> Any:
    for _ in range(WAIT_SECONDS):
        try:
            return to_device(queue.get(timeout=1), device)
        except Empty:
            if not any(worker.is_alive() for worker in workers):
                break
    raise RuntimeError("no generator gives batches any more")
