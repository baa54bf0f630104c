from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from pages.plot import BOTTOM, LEFT, RIGHT, TOP, bars, plot
from pages.tests.conftest import CountQueries
from spellcheck import flow
from spellcheck.models import Misspelling, SpellcheckResult
from tests.essays import essay_file, hand_in, hand_in_good, register


def drawing(browser: Client, batch: Batch) -> str:
    page = browser.get(address(batch)).text
    return page.partition('<svg class="plot"')[2].partition("</svg>")[0]


def address(batch: Batch) -> str:
    return reverse("pages:batch-report", args=[batch.pk])


def test_report_counts_what_the_database_holds(browser: Client, checked_batch: Batch) -> None:
    page = browser.get(address(checked_batch))

    report = page.context["report"]
    assert report.n_marks == Misspelling.objects.count()
    assert report.n_words == sum(
        checked_batch.essays.values_list("current_text__word_count", flat=True)
    )


def test_report_leaves_out_what_was_ignored(
    browser: Client, mark: Misspelling, checked_batch: Batch, teacher: User
) -> None:
    flow.ignore(mark, by=teacher)

    report = browser.get(address(checked_batch)).context["report"]

    assert report.n_marks == Misspelling.objects.count() - 1


def test_report_shows_common_errors_with_what_was_meant(
    browser: Client, mark: Misspelling, checked_batch: Batch, teacher: User
) -> None:
    flow.accept(mark, "because", by=teacher)

    pairs = browser.get(address(checked_batch)).context["report"].pairs

    assert ("becouse", "because", 2) in [(p.written, p.meant, p.n_essays) for p in pairs]


def test_report_quotes_no_sentence_that_may_hold_a_name(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 1)
    text = (
        "Mina is an intresting person. We met Ludvig becouse he lives here. She is my freind now."
    )
    hand_in(batch, essay_file("one.txt", text))
    drain()

    page = browser.get(address(batch)).text

    assert "Ludvig" not in page
    assert "Mina" not in page


def test_picture_has_a_dot_for_each_essay_and_says_its_numbers(
    browser: Client, checked_batch: Batch
) -> None:
    drawn = drawing(browser, checked_batch)

    assert drawn.count("<circle") == 2
    assert 'role="img" aria-labelledby="pt"' in drawn
    assert "Marks per 100 words, one dot per essay. Median" in drawn


def test_kinds_are_counted_with_a_bar_for_each(
    browser: Client, checked_batch: Batch, mark: Misspelling
) -> None:
    Misspelling.objects.filter(pk=mark.pk).update(kind="confusion")

    kinds = browser.get(address(checked_batch)).context["kinds"]

    assert [(row.kind, row.n_marks, row.n_essays, width) for row, width in kinds] == [
        ("spelling", 3, 2, 100.0),
        ("confusion", 1, 1, 33.3),
    ]


def test_every_essay_is_in_the_table_with_its_number_and_its_engine(
    browser: Client, checked_batch: Batch
) -> None:
    page = browser.get(address(checked_batch))

    table = page.text.partition('id="each"')[2]
    assert all(essay.get_absolute_url() in table for essay in checked_batch.essays.all())
    assert table.count('class="bar"') == 2
    assert "Checked with huleedu-spelling" in table


def test_report_of_two_versions_of_the_dictionaries_says_so_and_offers_another_check(
    browser: Client, checked_batch: Batch
) -> None:
    said, check = "not all checked with the same version", "pages:batch-check"
    assert said not in browser.get(address(checked_batch)).text
    one = SpellcheckResult.objects.order_by("pk")[0]
    SpellcheckResult.objects.filter(pk=one.pk).update(engine="huleedu-spelling 1")

    page = browser.get(address(checked_batch)).text

    assert said in page
    assert reverse(check, args=[checked_batch.pk]) in page


def test_report_names_essays_that_seem_to_be_in_another_language(
    browser: Client, checked_batch: Batch
) -> None:
    one = SpellcheckResult.objects.order_by("pk")[0]
    SpellcheckResult.objects.filter(pk=one.pk).update(probable_language="sv")

    page = browser.get(address(checked_batch)).text

    said = page.partition("1 essay seems to be written in another language")[2]
    assert one.text.essay.file_name in said.partition("</div>")[0]


def test_bars_of_nothing_have_no_width() -> None:
    assert (bars([]), bars([0, 0]), bars([1, 4])) == ([], [0.0, 0.0], [25.0, 100.0])


def test_numbers_in_the_drawing_keep_their_points_in_swedish(
    browser: Client, checked_batch: Batch, teacher: User
) -> None:
    User.objects.update(locale="sv")

    assert 'r="13.0"' in drawing(browser, checked_batch)


def test_report_of_a_batch_that_is_not_checked_says_so(
    browser: Client, waiting_batch: Batch
) -> None:
    assert "Nothing has been checked yet." in browser.get(address(waiting_batch)).text


def test_report_costs_the_same_for_few_essays_and_for_many(
    browser: Client, teacher: User, drain: Callable[[], int], n_queries: CountQueries
) -> None:
    few, many = register(teacher, 2), register(teacher, 12)
    hand_in_good(few, 2)
    hand_in_good(many, 12)
    drain()

    assert n_queries(lambda: browser.get(address(few))) == n_queries(
        lambda: browser.get(address(many))
    )


def test_dots_stay_within_the_picture_however_many() -> None:
    values = [i % 37 / 2 for i in range(300)]

    drawn = plot(values, median=9.0, high=18.0)

    assert len(drawn.dots) == len(values)
    assert all(LEFT < dot.x < RIGHT and TOP <= dot.y < BOTTOM for dot in drawn.dots)
