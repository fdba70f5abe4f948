"""What goes wrong in a browser without anybody seeing it."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# What the policy of a page forbids ends up in the console of the browser, with details.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(
    "securitypolicyviolation", event.effectiveDirective, event.blockedURI, event.sample
  ),
);
"""


# What htmx says of a request that another took the place of; and of every failure, to
# which it then gives a name of its own.
ABORTED = ("error: htmx:sendAbort,", "error: htmx:afterRequest,")


class Watch:
    """Keeps every error that pages of the console give rise to, and calls elsewhere."""

    def __init__(self) -> None:
        self._consoles: set[tuple[str, str]] = set()
        self._expected: list[str] = []
        self._seen: list[str] = []

    def expect(self, *patterns: str) -> None:
        """These are no problem in this test."""
        self._expected += patterns

    def expect_status(self, *statuses: int) -> None:
        """Answers that are meant to be errors, and what browser and htmx say then."""
        for status in statuses:
            self.expect(
                rf"^{status} ",
                rf"responded with a status of {status} ",
                rf"Response Status Error Code {status} ",
            )

    @property
    def problems(self) -> list[str]:
        return [
            problem
            for problem in self._seen
            if not any(re.search(pattern, problem) for pattern in self._expected)
        ]

    def watch(self, context: BrowserContext, url: str) -> None:
        """All pages of this context, as long as they are of the console at `url`."""
        self._consoles.add(_origin(url))
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._on_message)
        context.on("weberror", lambda error: self._note(error.page, str(error.error)))
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)
        context.on("request", self._on_request)

    def _on_message(self, message: ConsoleMessage) -> None:
        said = f"{message.type}: {message.text}"
        if message.type in ("error", "warning") and not said.startswith(ABORTED):
            self._note(message.page, said)

    def _on_failure(self, request: Request) -> None:
        # A request that the browser gave up itself, because another took its place.
        if request.failure != "net::ERR_ABORTED" and self._is_own(request.url):
            self._seen.append(f"{request.failure} {request.method} {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and self._is_own(response.url):
            method = response.request.method
            self._seen.append(f"{response.status} {method} {response.url}")

    def _on_request(self, request: Request) -> None:
        """Pages of the console load nothing from anywhere else."""
        if request.is_navigation_request() or self._is_own(request.url):
            return
        if self._is_own(request.headers.get("referer", "")):
            self._seen.append(f"elsewhere: {request.method} {request.url}")

    def _note(self, page: Page | None, problem: str) -> None:
        if page is None or self._is_own(page.url):
            self._seen.append(problem)

    def _is_own(self, url: str) -> bool:
        return _origin(url) in self._consoles


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]
