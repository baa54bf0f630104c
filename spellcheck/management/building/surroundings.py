"""Makes the tables of spellcheck.context from two lists of what follows what in English."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from math import log, log10
from pathlib import Path

from marisa_trie import RecordTrie

from spellcheck import context
from spellcheck.management.building.speech_model import SpeechModel
from spellcheck.management.building.vocabularies import save

# Words of the corpus that symspellpy's pairs were counted in.
WEB_TOTAL = 1_024_908_267_229
LEVELS_PER_ZIPF = 30
# What spoken English says counts twice as much as what the web says: fitted.
OF_SPEECH = 1 - context.OF_WEB
# A third word that adds less than this (nats) is left out.
MIN_ADDED = 0.5
_LARGEST = 127
_MARKS = {"<s>": context.STOP, "</s>": context.STOP}


def write_english(folder: Path, levels: Mapping[str, int]) -> None:
    """The pairs and triples of words that have a level."""
    source = distribution("pocketsphinx")
    speech = SpeechModel(Path(str(source.locate_file("pocketsphinx/model/en-us/en-us.lm.bin"))))
    licence = next(file for file in source.files or () if file.name == "LICENSE")
    shutil.copyfile(str(licence.locate()), folder / "pocketsphinx.license")
    known = levels.keys() | _MARKS.keys()
    pairs = RecordTrie(context.PAIR, sorted(_pairs(speech, levels, known)))
    save(pairs, folder / "en_pairs.trie")
    triples = RecordTrie(context.TRIPLE, sorted(_triples(speech, known)))
    save(triples, folder / "en_triples.trie")


def _pairs(
    speech: SpeechModel, levels: Mapping[str, int], known: set[str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """(key, (association, what is added for a third word that was never seen))."""
    web = _web_pairs(levels)
    words = speech.words
    for word, (_, behind) in words.items():
        if word in known and word != "</s>":
            yield _key(word), (0, _tenths(OF_SPEECH * behind))
    spoken = {pair for pair in speech.pairs if known.issuperset(pair)}
    for first, second in web.keys() | spoken:
        probability, behind = speech.pairs.get((first, second), (None, 0.0))
        by_speech = 0.0
        if probability is not None:
            by_speech = probability - words[second][0]
        elif first in words and second in words:
            by_speech = words[first][1]
        by_web = web.get((first, second))
        if by_web is None:
            expected = levels.get(first, 0) + levels.get(second, 0)
            by_web = context.surprise(expected)
        association = OF_SPEECH * by_speech + context.OF_WEB * by_web
        yield _key(first, second), (_tenths(association), _tenths(OF_SPEECH * behind))


def _web_pairs(levels: Mapping[str, int]) -> dict[tuple[str, str], float]:
    """Pair -> association (nats)."""
    path = distribution("symspellpy").locate_file(
        "symspellpy/frequency_bigramdictionary_en_243_342.txt"
    )
    found = {}
    for line in Path(str(path)).read_text(encoding="utf-8-sig").splitlines():
        first, second, count = line.split()
        if first in levels and second in levels:
            zipf = log10(int(count) / WEB_TOTAL) + 9
            expected = (levels[first] + levels[second]) / LEVELS_PER_ZIPF - 9
            found[first, second] = log(10) * (zipf - expected)
    return found


def _triples(speech: SpeechModel, known: set[str]) -> Iterator[tuple[str, tuple[int]]]:
    """(key, (what the first word adds to the pair of the others,))."""
    words, pairs = speech.words, speech.pairs
    for first, second, third, probability in speech.triples():
        if known.issuperset((first, second, third)):
            of_pair = pairs.get((second, third))
            expected = of_pair[0] if of_pair else words[second][1] + words[third][0]
            unseen = pairs[first, second][1] if (first, second) in pairs else 0.0
            added = probability - expected
            if abs(added - unseen) >= MIN_ADDED:
                yield _key(first, second, third), (_tenths(OF_SPEECH * added),)


def _key(*words: str) -> str:
    return " ".join(_MARKS.get(word, word) for word in words)


def _tenths(nats: float) -> int:
    return max(-_LARGEST, min(_LARGEST, round(10 * nats)))
