"""What must not be in code that runs in production: looked for in its syntax trees."""

import ast
import importlib
import re
import time
from collections.abc import Iterator

import pytest

from tests.architecture.code import Module, calls, list_modules, name_of, place

RUNNING = [
    module
    for module in list_modules()
    if module.name.startswith(
        ("apiclients", "audit", "clusters", "console", "gateways")
    )
]
every_module = pytest.mark.parametrize("module", RUNNING, ids=lambda m: m.name)

# SQL by hand; its values are parameters.
SQL_BY_HAND = {
    "apiclients/listing.py",
    "apiclients/words.py",
    "audit/append_only.py",
    "audit/archive.py",
    "console/management/commands/run_schedule.py",
}
# Texts of our own with places for values.
OWN_TEMPLATES = {"apiclients/snippets.py", "console/explanations.py"}
# Filters by the name of a column of ours.
OWN_COLUMNS = {"apiclients/listing.py", "console/paging.py"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "system", "popen", "Template"}
UNSAFE_MODULES = {
    *("pickle", "cPickle", "dill", "shelve", "marshal", "yaml", "subprocess"),
    *("xml", "lxml", "defusedxml", "telnetlib", "ftplib"),
}
SECRET = ("secret", "token", "password", "signature", "digest", "hmac", "fingerprint")
REGEX = {"compile", "sub", "match", "fullmatch", "search", "split", "findall"}
# How many times as long ten times the text may take: where each character is looked at
# once it is ten and some noise, where each is compared with each it is a hundred.
TEN_TIMES = 35


def imported(module: Module) -> set[str]:
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.partition(".")[0] for name in found}


@every_module
def test_no_query_is_put_together_from_text(module: Module) -> None:
    for call in calls(module.tree):
        name = name_of(call)
        assert name not in {"raw", "extra", "RawSQL"}, place(module, call)
        by_hand = name in {"execute", "executemany", "cursor"}
        assert not by_hand or module.name in SQL_BY_HAND, place(module, call)
        if name in {"filter", "exclude", "get", "order_by", "annotate"}:
            spread = any(keyword.arg is None for keyword in call.keywords)
            assert not spread or module.name in OWN_COLUMNS, place(module, call)


@every_module
def test_nothing_runs_text_or_reads_what_can_run(module: Module) -> None:
    assert not imported(module) & UNSAFE_MODULES
    for call in calls(module.tree):
        of_re = ast.unparse(call.func).startswith("re.")
        assert of_re or name_of(call) not in RUNS_TEXT, place(module, call)


@every_module
def test_certificates_are_always_checked(module: Module) -> None:
    for call in calls(module.tree):
        for keyword in call.keywords:
            if keyword.arg in {"verify", "check_hostname", "verify_mode"}:
                assert ast.unparse(keyword.value) not in {"False", "None"}, place(
                    module, call
                )
        assert name_of(call) != "_create_unverified_context", place(module, call)


@every_module
def test_no_weak_hash_is_used(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            said = ast.unparse(node).rsplit(".", 1)[-1].strip("'\"").lower()
            assert said not in {"md4", "md5", "sha1", "sha-1"}, place(module, node)


@every_module
def test_a_format_is_written_in_the_code(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and name_of(node) in {"format", "format_map"}:
            written = isinstance(node.func, ast.Attribute) and isinstance(
                node.func.value, ast.Constant
            )
            assert written or module.name in OWN_TEMPLATES, place(module, node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            # Of text only what is written here; of numbers it is a remainder.
            assert isinstance(node.left, ast.Constant) or not isinstance(
                node.right, ast.Tuple | ast.Dict
            ), place(module, node)


@every_module
def test_what_is_secret_is_compared_in_constant_time(module: Module) -> None:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            secret = [side for side in sides if _names_a_secret(side)]
            assert not secret or (module.name, ast.unparse(node)) in KNOWN, place(
                module, node
            )


# Both are ours, and nobody else's guess.
KNOWN = {("console/checks.py", "settings.SECRET_KEY == settings.FINGERPRINT_KEY")}


def _names_a_secret(node: ast.expr) -> bool:
    last = ast.unparse(node).rsplit(".", 1)[-1].lower()
    plain = isinstance(node, ast.Name | ast.Attribute)
    return plain and any(word in last for word in SECRET)


def regexes() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Each pattern: those that modules hold, and those that are written in a call."""
    for module in RUNNING:
        for call in calls(module.tree):
            of_re = ast.unparse(call.func).startswith("re.")
            named = of_re or name_of(call) == "RegexValidator"
            if named and call.args and isinstance(call.args[0], ast.Constant):
                yield place(module, call), re.compile(str(call.args[0].value))
        if "re" in imported(module):
            dotted = module.name.removesuffix(".py").replace("/", ".")
            for name, value in vars(importlib.import_module(dotted)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name} {name}", value


PATTERNS = dict(regexes())
# Repeated, they are what a pattern may stumble over; the end fits none of them.
PIECES = (
    *("a", "A", "0", "-", ".", "_", " ", "\n", "\t", "'", '"', "\\", '\\"', '"\\"'),
    *("a-", "a.", "0a", "# ", "// ", "# a\n", '"a', "'a", "]", "bearer", "ey", "+0"),
    *("YOUR_CLIENT_SECRET", "from ", '":', '"a":', "\u2028", "\x1b[", "\ufe0f"),
)
SHORT, LONG = 2_000, 20_000


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The least of a few: what else the machine does only adds to it."""
    taken = []
    for _ in range(3):
        before = time.thread_time()
        pattern.sub("", text)
        taken.append(time.thread_time() - before)
    return min(taken)


def ratio(pattern: re.Pattern[str], piece: str) -> float:
    short, long = (piece * (size // len(piece)) + "\x00!" for size in (SHORT, LONG))
    # Below that a clock says nothing.
    return seconds(pattern, long) / max(seconds(pattern, short), 0.0002)


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_takes_as_much_longer_as_its_text_is(where: str) -> None:
    ratios = {piece: ratio(PATTERNS[where], piece) for piece in PIECES}

    assert max(ratios.values()) <= TEN_TIMES, ratios


def test_the_patterns_were_found_and_a_bad_one_would_be_noticed() -> None:
    assert len(PATTERNS) >= 12
    assert any(where.startswith("console/templatetags/ui.py") for where in PATTERNS)
    assert ratio(re.compile(r"a*x"), "a") > TEN_TIMES
