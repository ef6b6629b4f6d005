"""Which passwords are refused as easily guessed."""

from __future__ import annotations

import pytest

from server.web.accounts_passwords import is_easily_guessed

OF_ADA = ("Ada Lovelace", "ada@linden-street.example")


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Passwort2024!", "P@ssw0rd!2023", "123456789012", "qwertyuiop12",
        "qwertzuiop!!", "iloveyou1234", "aaaaaaaaaaaa", "abcabcabcabc", "Sommer2025!!",
        "1q2w3e4r5t6y", "adalovelace1", "Lindenstreet-Linden1", "stepbackstepback",
        "letmeinletmein", "welcome-admin-2020",
    ],
)  # fmt: skip
def test_common_ones(password: str):
    """What stands on lists, what a keyboard's row gives, and one's own name."""
    assert is_easily_guessed(password, OF_ADA)


@pytest.mark.parametrize(
    "password",
    [
        "lamp river oboe thirteen", "correct horse battery staple", "Vq7-rrkd-0pLm-x",
        "ein Apfel fiel leise", "x9!fK2#mWz7q", "therapy of the blue goose",
    ],
)  # fmt: skip
def test_good_ones(password: str):
    """A sentence of one's own, or what a password manager makes."""
    assert not is_easily_guessed(password, OF_ADA)
