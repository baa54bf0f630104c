"""What the spellcheck found in a text, and what the teacher decided about each find."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay, EssayText


class SpellcheckResult(models.Model):
    """The check of one text, with what is needed to reproduce it."""

    text = models.OneToOneField(EssayText, on_delete=models.CASCADE, related_name="spellcheck")
    language = models.CharField(max_length=2)
    probable_language = models.CharField(max_length=2, blank=True)  # when it seems to be another
    word_count = models.PositiveIntegerField()
    flagged_count = models.PositiveIntegerField()
    engine = models.CharField(max_length=200)  # name and versions of engine and dictionaries
    processing_ms = models.PositiveIntegerField()
    # Decisions on the text before, or by the check before, that found no place in this result:
    # a list of {"word", "decision", "replacement"}, until the teacher has seen them.
    not_kept = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    asked_again_at = models.DateTimeField(null=True, blank=True)  # null: the result stands

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
        SpellcheckResult,
        on_delete=models.CASCADE,
        related_name="misspellings",
        db_index=False,
    )
    start = models.PositiveIntegerField()  # code points from the beginning of the text
    length = models.PositiveIntegerField()  # code points
    word = models.CharField(max_length=200)
    suggestions = models.JSONField(default=list)  # best first
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SPELLING)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    replacement = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = MisspellingQuerySet.as_manager()

    class Meta:
        verbose_name = _("misspelling")
        verbose_name_plural = _("misspellings")
        ordering = ["result_id", "start"]
        indexes = [
            models.Index(
                fields=["decided_by"],
                condition=Q(decided_by__isnull=False),
                name="misspelling_decided_by",
            )
        ]
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


class KnownWordQuerySet(models.QuerySet["KnownWord"]):
    def visible_to(self, user: User) -> KnownWordQuerySet:
        return self.filter(Q(owner=user) | Q(batch__in=Batch.objects.visible_to(user)))

    def right_in(self, batch: Batch) -> KnownWordQuerySet:
        """What the batch or its teacher has called right, in the batch's language."""
        mine = Q(owner=batch.owner_id) | Q(batch=batch)
        return self.filter(mine, language=batch.language)


class KnownWord(models.Model):
    """A word that is right although the dictionaries lack it: for one batch, or for one teacher."""

    class Source(models.TextChoices):
        DECISION = "decision", _("called right beside an essay")
        LIST = "list", _("put on the list")

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
    source = models.CharField(max_length=10, choices=Source, default=Source.DECISION)

    objects = KnownWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("known word")
        verbose_name_plural = _("known words")
        ordering = ["word"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["decision", "list"]), name="knownword_source_is_known"
            ),
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


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def visible_to(self, user: User) -> VerdictQuerySet:
        return self.filter(batch__in=Batch.objects.visible_to(user))


class Verdict(models.Model):
    """What a teacher decided in one go: about one mark, or about a word wherever it stands.

    A mark holds the decision that stands; these rows are the history by which it is taken back.
    """

    class Scope(models.TextChoices):
        HERE = "here", _("here")
        BATCH = "batch", _("in this batch")
        ALWAYS = "always", _("always")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="verdicts")
    outcome = models.CharField(max_length=10, choices=Misspelling.Decision)
    scope = models.CharField(max_length=10, choices=Scope)
    word = models.CharField(max_length=200)
    replacement = models.CharField(max_length=200, blank=True)
    known_word = models.ForeignKey(
        KnownWord, null=True, blank=True, on_delete=models.SET_NULL, related_name="verdicts"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["accepted", "ignored"]), name="verdict_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["here", "batch", "always"]), name="verdict_scope_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="accepted") | ~Q(replacement=""),
                name="verdict_accepted_has_a_replacement",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class VerdictMark(models.Model):
    """One of the marks that a verdict was about, and whether it was taken back there."""

    verdict = models.ForeignKey(
        Verdict, on_delete=models.CASCADE, related_name="marks", db_index=False
    )
    essay = models.ForeignKey(Essay, on_delete=models.CASCADE, related_name="+")
    # null: the mark is gone; a later check did not find it again
    misspelling = models.ForeignKey(
        Misspelling, null=True, blank=True, on_delete=models.SET_NULL, related_name="verdicts"
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mark of a verdict")
        verbose_name_plural = _("marks of verdicts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["verdict", "misspelling"], name="verdictmark_is_unique_in_its_verdict"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
