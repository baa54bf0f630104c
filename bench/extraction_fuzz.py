"""Breaks files of a corpus at random and reads them: no crash, no unmapped error, no late answer.

    python bench/extraction_fuzz.py CORPUS [--seconds 600] [--seed 1]

Takes every file below CORPUS but .tsv and .txt references. Prints one JSON object; exit code 1 when
anything but a text or a code came out, or an answer took longer than the wall limit.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from files.extraction import ExtractionFailed, Limits
from files.sandbox import extract_in_sandbox

N_SLOWEST = 5
SPECIAL = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"99999999", b"-1", b"<", b"{\\", b"/Length 0")


def broken(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, taken out, put in, repeated, or the end cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 50))):
        if not changed:
            break
        at = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0 | 1:
                changed[at] = chance.randrange(256)
            case 2:
                del changed[at : at + chance.randrange(1, 200)]
            case 3:
                changed[at:at] = chance.randbytes(chance.randrange(1, 50))
            case 4:
                changed[at : at + 4] = chance.choice(SPECIAL)
            case _:
                again = chance.randrange(len(changed))
                changed[at:at] = changed[again : again + chance.randrange(1, 2000)]
    if chance.random() < 0.1:
        del changed[chance.randrange(len(changed) + 1) :]
    return bytes(changed)


def with_broken_parts(data: bytes, chance: random.Random) -> bytes:
    """A sound zip whose XML is broken; otherwise the checksums would catch everything."""
    rewritten = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(rewritten, "w") as target:
            for name in whole.namelist():
                part = whole.read(name)
                breaks = name.endswith(".xml") and chance.random() < 0.7
                target.writestr(name, broken(part, chance) if breaks else part)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError, EOFError):
        return broken(data, chance)
    return rewritten.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    paths = [p for p in sorted(options.corpus.rglob("*")) if p.is_file() and p.suffix != ".tsv"]
    paths = [path for path in paths if path.parent.name != "expected" and path.stat().st_size]
    results: Counter[str] = Counter()
    unmapped: list[str] = []
    slowest: list[tuple[float, str]] = []
    ends_at = time.monotonic() + options.seconds
    while time.monotonic() < ends_at:
        path = chance.choice(paths)
        data = path.read_bytes()
        in_zip = data.startswith(b"PK") and chance.random() < 0.7
        mutant = with_broken_parts(data, chance) if in_zip else broken(data, chance)
        begun = time.monotonic()
        try:
            extract_in_sandbox(mutant, file_name=path.name)
            results["text"] += 1
        except ExtractionFailed as failure:
            results[failure.code] += 1
        except Exception as error:  # noqa: BLE001  what must not happen is counted
            unmapped.append(f"{path.name} {type(error).__name__}")
        slowest = sorted([*slowest, (time.monotonic() - begun, path.name)])[-N_SLOWEST:]
    print(
        json.dumps(
            {
                "files": results.total(),
                "results": dict(results.most_common()),
                "unmapped": unmapped,
                "slowest": [f"{name} {seconds:.2f} s" for seconds, name in reversed(slowest)],
            }
        )
    )
    sys.exit(bool(unmapped) or slowest[-1][0] > Limits().wall_s)


if __name__ == "__main__":
    main()
