"""Forms: what a page's form sends is cleaned, checked field by field, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from server.errors import InputRefused
from server.web.csrf import FIELD as TOKEN
from server.web.gate import clean_text

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[Model]):
    """What came: the checked value, or what is wrong with which field; and all that was typed."""

    typed: Mapping[str, str]
    value: Model | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read_form(model: type[Model]) -> Form[Model]:
    """Read the form that was sent into a model whose fields are all named like the form's.

    A field that came several times is a list. The token of the form has been looked at before.
    Raises InputRefused for what cannot be text, and for a field that the model forbids.
    """
    given: dict[str, object] = {}
    for name, values in request.form.lists():
        if name == TOKEN:
            continue
        cleaned = [clean_text(value.replace("\r\n", "\n")) for value in values]
        given[clean_text(name)] = cleaned if len(cleaned) > 1 else cleaned[0]
    typed = {name: value for name, value in given.items() if isinstance(value, str)}
    try:
        return Form(typed=typed, value=model.model_validate(given))
    except ValidationError as error:
        found = {str(each["loc"][0]): each["msg"] for each in error.errors() if each["loc"]}
        if not found or found.keys() - model.model_fields.keys():
            raise InputRefused("The form cannot be read.") from error
        return Form(typed=typed, errors=found)
