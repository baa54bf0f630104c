"""The spellcheck as a phase of pipelines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from events.topics import BatchSpellcheckInitiateCommand
from pipelines.registry import Phase, register
from spellcheck import again

SPELLCHECK = register(
    Phase(
        name=again.PHASE,
        label=_("Check language"),
        essay_task="spellcheck.tasks.check_text",
        command=BatchSpellcheckInitiateCommand,
        outdated=again.outdated,
    )
)
