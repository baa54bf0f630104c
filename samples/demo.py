"""`make demo`: two classes' essays, from files to checked texts, driven from outside over HTTP.

Starts a web server and a worker of its own on a fresh database in a temporary folder, stops them
at the end and exits with 0 when both batches ended as they should; with 1, and says why, when not.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from client import Client, Json, Refused
from running import HOUSE, Broken, Site, free_port, stopping_on_signals

EMAIL = "teacher@example.org"
MOST_S = 180  # the longest that both batches together may take
N_PROCESSES = 2
ENDED = ("completed_successfully", "completed_with_failures", "failed", "cancelled")
TOPIC = "huleedu."

say = sys.stdout.write


@dataclass(slots=True)
class Course:
    """One class's batch. broken: file name → the failure code it must end with."""

    code: str
    designation: str
    task: str
    end_state: str
    broken: dict[str, str] = field(default_factory=dict)
    batch_id: str = ""

    @property
    def files(self) -> list[Path]:
        folder = HOUSE / "samples" / self.code
        return sorted(path for path in folder.iterdir() if path.is_file())


COURSES = (
    Course(
        "ENG6",
        "EK23B",
        "Write about something that you would like to change at your school.",
        "completed_with_failures",
        {"last_ditch.pdf": "encrypted", "theo_inlämning.docx": "empty"},
    ),
    Course(
        "SV2",
        "SA22A",
        "Skriv en text i den genre som du har valt.",
        "completed_successfully",
    ),
)


# --- the story ------------------------------------------------------------------------------
def main() -> int:
    say("HuleEdu, from files to checked essays. Nothing of yours is touched.\n\n")
    try:
        with stopping_on_signals(), tempfile.TemporaryDirectory(prefix="huleedu-demo-") as folder:
            site = Site(
                port=free_port(), environment=environment(Path(folder)), logs=Path(folder) / "logs"
            )
            with site:
                try:
                    tell(site)
                except (Refused, OSError) as error:
                    raise Broken(f"{error}\n{site.tail()}") from error
    except KeyboardInterrupt:
        say("\nStopped.\n")
        return 130
    except Broken as error:
        sys.stdout.flush()
        sys.stderr.write(f"\n\nThe demo failed. {error}\n")
        return 1
    say("\nWeb server and worker are stopped, the folder is gone. To use it yourself: make serve\n")
    return 0


def environment(folder: Path) -> dict[str, str]:
    for name in ("logs", "static"):
        (folder / name).mkdir()
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "VAR_DIR": str(folder),
        "CONTENT_S3_BUCKET": "",
        "LOG_FORMAT": "plain",
    }


def tell(site: Site) -> None:
    password = secrets.token_urlsafe(12)
    with step("Makes a fresh database and a teacher"):
        site.manage("migrate", "--verbosity", "0")
        site.make_teacher(EMAIL, password)
    with step(f"Starts web server and worker ({N_PROCESSES} processes) on {site.url}"):
        site.start(processes=N_PROCESSES)
    client = Client(site.url)
    with step(f"Signs in as {EMAIL}"):
        client.sign_in(EMAIL, password)
    for course in COURSES:
        with step(f"Registers {course.code} {course.designation}, {len(course.files)} essays"):
            register(client, course)
    for course in COURSES:
        n_bytes = sum(path.stat().st_size for path in course.files)
        with step(f"Uploads {len(course.files)} files, {n_bytes // 1024} KiB, in one request"):
            hand_in(client, course)
    follow(site, client)
    for course in COURSES:
        show(client, course)
    show_times(client)


@contextmanager
def step(what: str) -> Iterator[None]:
    """One line of the story, with the seconds that it took."""
    say(f"  {what} ")
    sys.stdout.flush()
    began = time.monotonic()
    yield
    say(f"{'.' * max(3, 66 - len(what))} {time.monotonic() - began:.2f} s\n")


def register(client: Client, course: Course) -> None:
    answer = client.post(
        "/v1/batches/register",
        {
            "course_code": course.code,
            "class_designation": course.designation,
            "essay_instructions": course.task,
            "expected_essay_count": len(course.files),
        },
    )
    if answer["status"] != "registered":
        raise Broken(f"{course.code} was not registered: {answer}")
    course.batch_id = answer["batch_id"]


def hand_in(client: Client, course: Course) -> None:
    answer = client.upload("/v1/files/batch", course.files, batch_id=course.batch_id)
    outcomes = Counter(entry["status"] for entry in answer["files"])
    if outcomes != {"accepted": len(course.files)}:
        raise Broken(f"Not every file of {course.code} was accepted: {dict(outcomes)}")


# --- progress -------------------------------------------------------------------------------
def follow(site: Site, client: Client) -> None:
    """A bar until both batches have ended. Raises Broken when they do not."""
    bar = Bar()
    deadline = time.monotonic() + MOST_S
    while True:
        states = [client.get(f"/v1/batches/{course.batch_id}/status") for course in COURSES]
        n_checked = sum(state_of_phase(state).get("succeeded", 0) for state in states)
        counts = [state["counts"] for state in states]
        total = sum(c["slots"] for c in counts)
        n_read = sum(c["ready"] for c in counts)
        n_failed = sum(c["failed"] for c in counts)
        words = f"{n_read} of {total} read, {n_checked} checked, {n_failed} need the teacher"
        bar.draw(n_checked + n_failed, total, words)
        if all(state["status"] in ENDED for state in states):
            bar.end()
            return
        site.check()
        if time.monotonic() > deadline:
            raise Broken(f"Not done after {MOST_S} s: {words}.\n{site.tail()}")
        time.sleep(0.1)


def state_of_phase(state: Json) -> Json:
    """The counts of the last run's spellcheck; empty before it."""
    phases = state["pipeline_state"]["phases"]
    return next((phase["counts"] for phase in phases if phase["phase"] == "spellcheck"), {})


class Bar:
    """One line, drawn again and again on a terminal; elsewhere a line for each change."""

    WIDTH = 24

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._last = ""

    def draw(self, done: int, total: int, words: str) -> None:
        filled = self.WIDTH * done // max(total, 1)
        line = f"  [{'#' * filled}{'-' * (self.WIDTH - filled)}] {words}"
        if line == self._last:
            return
        say(f"\r{line}\033[K" if self._is_terminal else f"{line}\n")
        sys.stdout.flush()
        self._last = line

    def end(self) -> None:
        if self._is_terminal:
            say("\n")


# --- what came of it ------------------------------------------------------------------------
def show(client: Client, course: Course) -> None:
    """The batch's table and its commonest misspellings. Raises Broken for an unexpected end."""
    state = client.get(f"/v1/batches/{course.batch_id}/status")
    rows: list[tuple[str, str, str, str]] = []
    failures: dict[str, str] = {}
    finds: Counter[str] = Counter()
    first: dict[str, str] = {}
    for essay in client.pages(f"/v1/batches/{course.batch_id}/essays"):
        name = essay["file_name"]
        if failure := essay["failure"]:
            failures[name] = failure["code"]
            rows.append((name, "-", "-", failure["detail"]))
            continue
        report = client.get(f"/v1/essays/{essay['essay_id']}/spellcheck")
        for found in report["misspellings"]:
            word = found["word"].lower()
            finds[word] += 1
            first.setdefault(word, next(iter(found["suggestions"]), "?"))
        rows.append((name, str(report["word_count"]), str(len(report["misspellings"])), "checked"))
    say(f"\n{course.code} {course.designation}: {state['status']}\n")
    rows.sort(key=lambda row: row[0].casefold())
    table(("file", "words", "misspellings", "status"), rows)
    common = ", ".join(
        f"{word} ({n}x) -> {first[word].lower()}" if n > 1 else f"{word} -> {first[word].lower()}"
        for word, n in finds.most_common(6)
    )
    say(f"  most common: {common}\n")
    if (state["status"], failures) != (course.end_state, course.broken):
        raise Broken(
            f"{course.code} should have ended {course.end_state} with {course.broken or 'no error'}"
            f", but ended {state['status']} with {failures or 'no error'}."
        )


def table(head: tuple[str, ...], rows: list[tuple[str, str, str, str]]) -> None:
    width = max(len(row[0]) for row in rows)
    for name, words, finds, status in (head, *rows):
        say(f"  {name:<{width}}  {words:>5}  {finds:>12}  {status}\n")


def show_times(client: Client) -> None:
    """How long each stage took, by the event log of the batches."""
    say("\n")
    begun, ended, n_essays = [], [], 0
    for course in COURSES:
        at = moments(client, course)
        read = (at["batch.content.provisioning.completed.v1"] - at["first file"]).total_seconds()
        checked = (at["batch.pipeline.completed.v1"] - at["start"]).total_seconds()
        say(f"  {course.code}: files in and read {read:.2f} s, checked {checked:.2f} s\n")
        begun.append(at["first file"])
        ended.append(at["batch.pipeline.completed.v1"])
        n_essays += len(course.files)
    took = (max(ended) - min(begun)).total_seconds()
    say(f"  together: {n_essays} essays in {took:.2f} s, {n_essays / took:.1f} essays/s\n")


def moments(client: Client, course: Course) -> dict[str, datetime]:
    """Topic → when it last happened; and when the first file came and the check began."""
    at: dict[str, datetime] = {}
    for event in client.pages("/v1/events", batch_id=course.batch_id):
        topic = event["event_type"].removeprefix(TOPIC)
        when = datetime.fromisoformat(event["event_timestamp"])
        if topic == "file.batch.file.added.v1":
            at["first file"] = min(when, at.get("first file", when))
        at[topic] = when
    at["start"] = at["els.spellcheck.initiate.command.v1"]
    return at


if __name__ == "__main__":
    sys.exit(main())
