"""Long work beside the page: it goes on when its page is left, and says how far it is to whoever comes back."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

log = logging.getLogger(__name__)
Step = Callable[[str], None]
Work = Callable[[Step], Any]


@dataclass
class Job:
    """One piece of long work. `steps` are German sentences, the last one is what happens now."""

    job_id: str
    title: str
    steps: list[str] = field(default_factory=list)
    future: Future[Any] | None = None

    @property
    def done(self) -> bool:
        """True when it has ended, well or not."""
        return self.future is not None and self.future.done()

    @property
    def result(self) -> Any:
        """What the work returned, or None when it failed or still runs."""
        return self.future.result() if self.future and self.done and not self.future.exception() else None

    @property
    def error(self) -> BaseException | None:
        """Why it failed, or None."""
        return self.future.exception() if self.future and self.done else None


class Office:
    """All jobs of this process, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="raumblick-job")

    def start(self, title: str, work: Work) -> str:
        """Queue work, which is called with a function that takes its next step as a sentence; returns the job's id."""
        job = Job(uuid.uuid4().hex, title)
        with self._lock:
            self._jobs[job.job_id] = job
            job.future = self._pool.submit(self._run, job, work)
        return job.job_id

    def find(self, job_id: str | None) -> Job | None:
        """A job, or None when this process does not know it."""
        with self._lock:
            return self._jobs.get(job_id or "")

    def forget(self, job_id: str) -> None:
        """Drop a job that has ended."""
        with self._lock:
            self._jobs.pop(job_id, None)

    def _run(self, job: Job, work: Work) -> Any:
        try:
            return work(job.steps.append)
        except Exception:
            log.exception("job %s failed", job.title)
            raise


@st.cache_resource(show_spinner=False)
def office() -> Office:
    """The office of this process."""
    return Office()
