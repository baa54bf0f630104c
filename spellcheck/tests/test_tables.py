"""A table keeps what it was made of, and reading it leaves no copy in a forked process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spellcheck.tables import Table, as_trie

letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
keys, texts = st.text(letters, min_size=1), st.text(letters)
N_LARGE = 50_000
LARGE = {f"word{n}": f"what word {n} stands for" for n in range(N_LARGE)}


def saved(table: Mapping[str, str], folder: Path) -> Table:
    as_trie(table).save(str(folder / "table.trie"))
    return Table(folder / "table.trie")


@given(st.dictionaries(keys, texts), keys)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_key_has_its_text_and_no_other_key_has_one(
    tmp_path: Path, given: dict[str, str], other: str
) -> None:
    table = saved(given, tmp_path)

    assert {key: table[key] for key in table.keys} == given
    assert table.get(other, "none") == given.get(other, "none")
    assert (other in table) == (other in given)


def own_kb() -> int:
    """What this process has written itself."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def read_in_a_fork(table: Mapping[str, str] | Table) -> int:
    """The kB that a forked process comes to own by reading all of LARGE."""
    ours, theirs = os.pipe()
    if not (pid := os.fork()):
        before = own_kb()
        for n in range(N_LARGE):
            table[f"word{n}"]
        os.write(theirs, str(own_kb() - before).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    read = int(os.read(ours, 20))
    os.close(ours)
    os.close(theirs)
    return read


def test_reading_it_copies_nothing_into_a_forked_process(tmp_path: Path) -> None:
    of_a_dict = read_in_a_fork(LARGE)

    assert of_a_dict > 2000
    assert read_in_a_fork(saved(LARGE, tmp_path)) < of_a_dict / 4
