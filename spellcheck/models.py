"""What the spellcheck found in a text, and what the teacher decided about each find."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from lifecycle.models import EssayText


class SpellcheckResult(models.Model):
    """The check of one text, with what is needed to reproduce it."""

    text = models.OneToOneField(EssayText, on_delete=models.CASCADE, related_name="spellcheck")
    language = models.CharField(max_length=2)
    word_count = models.PositiveIntegerField()
    flagged_count = models.PositiveIntegerField()
    engine = models.CharField(max_length=200)  # name and versions of engine and dictionaries
    processing_ms = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("spellcheck result")
        verbose_name_plural = _("spellcheck results")

    def __str__(self) -> str:
        return f"{self.text_id}: {self.flagged_count}"

    @property
    def per_100_words(self) -> float:
        """Misspellings per 100 words; 0.0 for a text without words."""
        return 100 * self.flagged_count / self.word_count if self.word_count else 0.0


class MisspellingQuerySet(models.QuerySet["Misspelling"]):
    def visible_to(self, user: User) -> MisspellingQuerySet:
        return self.filter(result__text__essay__batch__in=Batch.objects.visible_to(user))


class Misspelling(models.Model):
    """A proposal on an offset of the text; the text itself is never rewritten."""

    class Kind(models.TextChoices):
        SPELLING = "spelling", _("spelling")
        CONFUSION = "confusion", _("confused words")
        SPLIT = "split", _("split compound")
        JOINED = "joined", _("run together")

    class Decision(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        IGNORED = "ignored", _("ignored")

    result = models.ForeignKey(
        SpellcheckResult, on_delete=models.CASCADE, related_name="misspellings"
    )
    start = models.PositiveIntegerField()  # code points from the beginning of the text
    length = models.PositiveIntegerField()  # code points
    word = models.CharField(max_length=200)
    suggestions = models.JSONField(default=list)  # best first
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SPELLING)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    replacement = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = MisspellingQuerySet.as_manager()

    class Meta:
        verbose_name = _("misspelling")
        verbose_name_plural = _("misspellings")
        ordering = ["result", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "start"], name="misspelling_start_is_unique_in_its_text"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["open", "accepted", "ignored"]),
                name="misspelling_decision_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["spelling", "confusion", "split", "joined"]),
                name="misspelling_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(decision="accepted") | ~Q(replacement=""),
                name="misspelling_accepted_has_a_replacement",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


_D = Misspelling.Decision

NEXT: Mapping[Misspelling.Decision, frozenset[Misspelling.Decision]] = {
    _D.OPEN: frozenset({_D.ACCEPTED, _D.IGNORED}),
    _D.ACCEPTED: frozenset({_D.OPEN, _D.ACCEPTED, _D.IGNORED}),  # another correction; undo
    _D.IGNORED: frozenset({_D.OPEN, _D.ACCEPTED}),
}


class KnownWord(models.Model):
    """A word that is right although the dictionaries lack it: for one batch, or for one teacher."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="known_words",
    )
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.CASCADE, related_name="known_words"
    )
    language = models.CharField(max_length=2)
    word = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("known word")
        verbose_name_plural = _("known words")
        ordering = ["word"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, batch__isnull=False) | Q(owner__isnull=False, batch=None),
                name="knownword_belongs_to_a_batch_or_a_teacher",
            ),
            models.UniqueConstraint(
                fields=["batch", "language", "word"],
                condition=Q(owner=None),
                name="knownword_is_unique_in_its_batch",
            ),
            models.UniqueConstraint(
                fields=["owner", "language", "word"],
                condition=Q(batch=None),
                name="knownword_is_unique_for_its_teacher",
            ),
        ]

    def __str__(self) -> str:
        return self.word
