from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

LOGIN = reverse("pages:login")
OVERVIEW = reverse("pages:overview")


def test_teacher_signs_in_by_e_mail_in_any_case(client: Client, teacher: User) -> None:
    response = client.post(LOGIN, {"username": "Teacher@Example.org", "password": "correct horse"})

    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"] == OVERVIEW


def test_wrong_password_is_said_in_plain_words(client: Client, teacher: User) -> None:
    page = client.post(LOGIN, {"username": teacher.email, "password": "wrong"})

    assert "do not belong together" in page.text
    assert "_auth_user_id" not in client.session


def test_sign_out_ends_the_session(browser: Client) -> None:
    browser.post(reverse("pages:logout"))

    assert browser.get(OVERVIEW).status_code == HTTPStatus.FOUND


def test_page_that_polls_is_reloaded_when_the_session_has_ended(client: Client, db: None) -> None:
    response = client.get(LOGIN, headers={"HX-Request": "true"})

    assert response.headers["HX-Refresh"] == "true"


def test_teacher_changes_name_and_language(browser: Client, teacher: User) -> None:
    browser.post(reverse("pages:account"), {"name": "Karin", "locale": "sv"})

    teacher.refresh_from_db()
    assert (teacher.name, teacher.locale) == ("Karin", "sv")
    assert "Översikt" in browser.get(reverse("pages:account")).text


def test_language_of_a_visitor_is_kept_in_a_cookie(client: Client, db: None) -> None:
    client.post(reverse("pages:language"), {"language": "sv", "next": LOGIN})

    assert "Logga in" in client.get(LOGIN).text


def test_language_follows_the_browser_without_a_choice(browser: Client) -> None:
    page = browser.get(OVERVIEW, headers={"Accept-Language": "sv-SE,sv;q=0.9"})

    assert '<html lang="sv">' in page.text
    assert "Inga buntar än" in page.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_language_switch_never_leads_elsewhere(browser: Client, elsewhere: str) -> None:
    response = browser.post(reverse("pages:language"), {"language": "sv", "next": elsewhere})

    assert response.headers["Location"] == OVERVIEW


def test_unknown_language_changes_nothing(browser: Client, teacher: User) -> None:
    browser.post(reverse("pages:language"), {"language": "xx", "next": OVERVIEW})

    teacher.refresh_from_db()
    assert teacher.locale == ""


@pytest.mark.parametrize("accept", ["en", "sv"])
def test_unknown_address_says_what_to_do(browser: Client, accept: str) -> None:
    page = browser.get("/nothing/here", headers={"Accept-Language": accept})

    assert page.status_code == HTTPStatus.NOT_FOUND
    assert ("Go to the overview" if accept == "en" else "Till översikten") in page.text
