"""For each kind of failure: the status of the page, what happened, what to do."""

from audit.recorder import NotRecordedError, OutcomeNotRecordedError
from console.outages import TRY_AGAIN
from gateways import configured, errors

TELL_OPERATOR = "Tell whoever runs this console, with the reference number."

EXPLANATIONS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (
        errors.CredentialsRefusedError,
        502,
        "{service} does not accept this console's own credentials.",
        TELL_OPERATOR,
    ),
    (
        errors.AccessDeniedError,
        502,
        "{service} denies this console that: its account lacks a role. {detail}",
        TELL_OPERATOR,
    ),
    (
        errors.ConflictError,
        409,
        "{service} refused it: something else has this name. {detail}",
        "Change the values and send the form again.",
    ),
    (
        errors.InvalidError,
        422,
        "{service} did not accept these values. {detail}",
        "Change the values and send the form again.",
    ),
    (
        errors.TokenRefusedError,
        409,
        "{service} gives this client no token. {detail}",
        "Look at the client's settings: is it enabled?",
    ),
    (
        errors.UntrustedError,
        502,
        "{service} shows a TLS certificate that this console does not trust: {detail}.",
        TELL_OPERATOR,
    ),
    (errors.UnavailableError, 503, "{service} is not answering.", TRY_AGAIN),
    (
        errors.UnreadableAnswerError,
        502,
        "{service} answered with something this console cannot read.",
        TRY_AGAIN,
    ),
    (
        errors.OutcomeUnknownError,
        502,
        "{service} did not answer clearly after the change was sent.",
        "Open it and look whether it changed before you repeat it.",
    ),
    (
        NotRecordedError,
        503,
        "It could not be recorded; this console does nothing that it cannot record.",
        TRY_AGAIN,
    ),
    (
        OutcomeNotRecordedError,
        503,
        "The change was sent, but what came of it could not be recorded.",
        "Look at it before you repeat it. " + TELL_OPERATOR,
    ),
)


def explain(exc: Exception) -> tuple[int, str, str] | None:
    """None for what this table does not know."""
    for kind, status, explanation, advice in EXPLANATIONS:
        if isinstance(exc, kind):
            text = explanation.format(
                service=getattr(exc, "service", ""),
                detail=_lacking(exc) or getattr(exc, "detail", ""),
            )
            return status, text.strip(), advice
    return None


def _lacking(exc: Exception) -> str:
    """Which roles Keycloak denied it for, where that can be told."""
    if not isinstance(exc, errors.AccessDeniedError):
        return ""
    try:
        missing = configured.read_own_roles().missing
    except (errors.GatewayError, ValueError):
        return ""
    return f"It lacks {', '.join(missing)} of realm-management." if missing else ""
