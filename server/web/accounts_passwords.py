"""Which passwords are too easily guessed: what is left of one when the well-known is taken out."""

from __future__ import annotations

import re

from flask import current_app
from flask_babel import gettext
from flask_security import PasswordUtil, hash_password

from server.web.accounts_datastore import Account

LONGEST_PASSWORD = 256
LEAST_LEFT = 5
"""So many characters have to be left that are no well-known word and no run along the keyboard."""

LEAST_DIFFERENT = 5

WELL_KNOWN = (
    *("password", "passwort", "kennwort", "passw", "geheim", "secret", "letmein", "welcome"),
    *("willkommen", "iloveyou", "ichliebedich", "hallo", "hello", "admin", "login", "master"),
    *("changeme", "default", "superman", "batman", "pokemon", "princess", "sunshine", "sommer"),
    *("winter", "summer", "spring", "autumn", "herbst", "monkey", "dragon", "shadow", "football"),
    *("fussball", "baseball", "charlie", "michael", "jennifer", "schatz", "liebe", "trustno"),
    *("starwars", "whatever", "freedom", "google", "facebook", "internet", "computer", "server"),
    *("therapy", "therapie", "therapist", "praxis", "practice", "client", "klient", "patient"),
    *("meditation", "mindfulness", "achtsamkeit", "compassion", "mitgefuehl", "stepback", "test"),
)
ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiopasdfghjklzxcvbnm"),
    *("qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1q2w3e4r5t6z7u8i9o0p"),
    *("1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "qayxswedcvfrtgbnhzujmkiolp"),
)
SHORTEST_RUN = 4

_FOLDED = str.maketrans("@4301!$57", "aaeoiisst")


def is_easily_guessed(password: str, known_of_them: tuple[str, ...]) -> bool:
    """True for a password that a list of common ones holds, or one made up of such pieces.

    `known_of_them`: words that whoever knows the person would try, such as their name.
    """
    written = password.lower()
    if len(set(written)) < LEAST_DIFFERENT:
        return True
    own = [word.lower() for text in known_of_them for word in re.split(r"[\W_]+", text)]
    words = sorted({*WELL_KNOWN, *(word for word in own if len(word) > 2)}, key=len, reverse=True)
    return any(
        len(_without_repeats(_take_out(text, words))) < LEAST_LEFT
        for text in (written, written.translate(_FOLDED))
    )


def _take_out(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), SHORTEST_RUN - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    # A year, and what stands around a word to make it look stronger.
    return re.sub(r"(19|20)\d\d|[\W_]+|(?<!\d)\d{1,3}(?!\d)", "", text)


def _without_repeats(text: str) -> str:
    return re.sub(r"(.+?)\1+", r"\1", text)


class HousePasswords(PasswordUtil):
    """Which passwords may be chosen here."""

    def validate(
        self, password: str, is_register: bool, **known: object
    ) -> tuple[list[str] | None, str]:
        """What is wrong with a password, and the form in which it is hashed."""
        problems, normal = super().validate(password[: LONGEST_PASSWORD + 1], is_register, **known)
        if problems:
            return [str(each) for each in problems], normal
        if len(password) > LONGEST_PASSWORD:
            return [
                gettext("Please write at most %(length)s characters.", length=LONGEST_PASSWORD)
            ], normal
        user = known.get("user")
        words = (user.email, user.name) if isinstance(user, Account) else ()
        if is_easily_guessed(normal, words):
            return [_easily_guessed()], normal
        return None, normal


def find_weakness(password: str, known_of_them: tuple[str, ...]) -> str | None:
    """What is wrong with a password that somebody chooses, in a sentence."""
    problems, normal = current_app.extensions["security"].password_util.validate(password, False)
    if problems:
        return str(problems[0])
    return _easily_guessed() if is_easily_guessed(normal, known_of_them) else None


def hash_chosen(password: str) -> str:
    """The hash of a password that may be chosen."""
    return hash_password(current_app.extensions["security"].password_util.normalize(password))


def _easily_guessed() -> str:
    return gettext(
        "This is easily guessed. Three or four words that do not belong together are a good"
        " password."
    )
