"""The description of the API at /api/openapi.json, put right where APIFlask leaves gaps."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from server.web.gate import AUTHOR_PATHS
from server.web.schemas import Problem

PROBLEM_TYPE = "application/problem+json"
REF_TEMPLATE = "#/components/schemas/{model}"

ALWAYS_POSSIBLE = {
    "400": "The body cannot be read.",
    "403": "The request came from another site.",
    "413": "The body is larger than 64 KiB; an author's and a worksheet may be 512 KiB.",
    "415": "The body is not application/json.",
    "503": "The house is busy; try again after the time in Retry-After.",
}

NO_AUTHOR = "There is no such thing, or whoever asks may not write."


def complete_description(document: dict[str, Any] | str) -> dict[str, Any]:
    """Say that bodies are required, and that every error is a problem (RFC 9457)."""
    if isinstance(document, str):
        raise TypeError("The description is made as JSON, not as YAML.")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=REF_TEMPLATE)
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for address, path in document.get("paths", {}).items():
        for method, operation in path.items():
            if isinstance(operation, dict) and "responses" in operation:
                if address.startswith(AUTHOR_PATHS):
                    operation["responses"].setdefault("404", {"description": NO_AUTHOR})
                _complete_operation(method, operation)
    return document


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    responses = operation["responses"]
    if method in ("post", "put", "delete"):
        for status, words in ALWAYS_POSSIBLE.items():
            responses.setdefault(status, {"description": words})
    for status, response in responses.items():
        if str(status)[0] in "45":
            response["content"] = {
                PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


def install_description(app: APIFlask, *, public_url: str) -> None:
    """Describe an app's API by its code; its address is the configured one, not a request's."""
    app.servers = [{"url": public_url}]
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["VALIDATION_ERROR_DESCRIPTION"] = "A field is not as it should be."
    app.config["AUTO_404_RESPONSE"] = False
    app.spec_callback = complete_description
