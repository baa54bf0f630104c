"""Right words in another's place: "better then me", "could of", "Dem är". Few, and only where the
neighbours leave hardly a doubt.

Tested on what no rule was written from: bench/spelling.py prints how often the labels agree, and
how many of the confusions that it puts into clean sentences are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Characters on either side that a rule may look at.
REACH = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """A word, what is meant by it, and what stands directly before and after it then.

    sought: the word with those spaces that must stand beside it; lead: how many stand before.
    """

    written: str
    meant: str
    sought: str
    lead: int
    before: re.Pattern[str]
    after: re.Pattern[str]


OPENING, STOP = "^", "$"


def rule(written: str, meant: str, before: str, after: str) -> Rule:
    """before: words, "" for any, or OPENING of a sentence; after: words, or STOP of a clause."""
    lead = " " if before not in ("", OPENING) else ""
    trail = " " if after != STOP else ""
    behind = {
        "": r"(?:^|[^\w'’-])",
        OPENING: r"(?:^|[.!?\n]\s*)",
    }
    return Rule(
        written,
        meant,
        f"{lead}{written}{trail}",
        len(lead),
        re.compile(behind.get(before, rf"(?:^|[^\w'’-])(?:{before}) ") + "$", re.IGNORECASE),
        re.compile(r"\s?[.,!?]|$" if after == STOP else rf" (?:{after})(?![\w'’-])", re.IGNORECASE),
    )


_PARTICIPLES = "been|done|had|gone|said|told|known|seen|made|taken|thought|given|written|happened"
_COMPARATIVES = (
    "more|less|better|worse|rather|other|bigger|smaller|older|younger|higher|lower|larger|"
    "faster|easier|harder|longer|shorter|stronger|different|greater|cheaper"
)
_MODALS = "could|should|would|must|might|couldn't|shouldn't|wouldn't"
_PREPOSITIONS = "av|för|till|med|på|från|hos|om|mot|åt|utan|mellan|kring|över|under|bland|efter"
_FINITE = (
    "är|har|hade|kan|ska|skall|vill|var|skulle|måste|får|fick|blev|blir|kommer|gör|gjorde|kunde|"
    "ville|tycker|tror|behöver|borde|brukar|går|tar|ser|säger|vet|kände|tänker|lever|bor"
)
_BEFORE_YOU = "if|when|what|where|how|why|do|did|can|will|could|would|are|love|miss|thank|tell"
_AFTER_YOU = (
    "are|r|can|can't|could|do|don't|get|go|got|have|just|know|like|love|make|might|must|need|see|"
    "should|think|try|use|want|were|will|won't|would"
)
RULES = {
    "en": (
        rule("then", "than", _COMPARATIVES, "me|him|us|them|the|a|an|my|your|his|our|their|any|"
             "anything|ever|just|others|most|what|usual|before|normal|expected"),
        rule("of", "have", _MODALS, _PARTICIPLES),
        rule("your", "you're", "", "welcome|a|an|the|not|going"),
        rule("its", "it's", "", "a|an|the|not|been|because"),
        rule("their", "there", "", "is|are|was|were|isn't|aren't|wasn't"),
        rule("there", "their", "", "own|selves"),
        rule("loose", "lose", "to|will|can|could|would|might|you|we|they|i|not|don't|won't|can't",
             "weight|the|my|your|his|her|our|their|it|everything|control|hope|money|faith|focus"),
        rule("lets", "let's", OPENING, "be|call|do|get|go|have|just|make|not|say|see|start|take|"
             "talk|try"),
        rule("u", "you", _BEFORE_YOU, "[a-z']+"),
        rule("u", "you", "[a-z']+", _AFTER_YOU),
        rule("r", "are", "you|they|we|u|there|these|those|what|how|where|who", "[a-z']+"),
        rule("peace", "piece", "a", "of (?:cake|paper|advice|land|bread|meat|art|music|clothing)"),
    ),
    "sv": (
        rule("dem", "de", OPENING, _FINITE),
        rule("dem", "de", "att|när|eftersom|men|så|fast|innan|medan", _FINITE),
        rule("de", "dem", _PREPOSITIONS, STOP),
        rule("vart", "var", "", "är|ligger|bor|finns|står|sitter|jobbar|bodde|låg"),
        rule("en", "än", "bättre|större|mindre|sämre|äldre|yngre|högre|lägre|längre|lättare|"
             "svårare|viktigare|mer|mera|fler|annat|annan", "jag|du|han|hon|vi|ni|de|den|det|"
             "mig|dig|mina|sina|andra|någonsin|tidigare|vad|i|så|min|förut|att"),
    ),
}  # fmt: skip


def found(text: str, language: str) -> Iterator[tuple[int, str, str]]:
    """(start, word, what is meant) of each confused word of the text; not in order."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that is two in lower case would shift the places
        return
    for one in RULES[language]:
        at = lower.find(one.sought)
        while at >= 0:
            start = at + one.lead
            end = start + len(one.written)
            before = text[max(0, start - REACH) : start]
            if one.before.search(before) and one.after.match(text, end, end + REACH):
                yield start, text[start:end], one.meant
            at = lower.find(one.sought, at + 1)
