"""Which clients may hold a word, and which owners there are: found by an index."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

# By filter, what a text has to hold.
Words = Mapping[str, list[str]]

TEXTS = {"q": "client_id description", "owner": "owner"}
LETTERS = 3  # that an index of trigrams needs
ENOUGH = 4  # trigrams of a word to tell it from nearly all others
CANDIDATES = (
    "SELECT rowid FROM apiclients_search WHERE apiclients_search MATCH %s LIMIT %s"
)
KEYS = """
    SELECT uuid FROM apiclients_search_key WHERE id IN (SELECT value FROM json_each(%s))
"""

OWNERS = 500
# From each owner to the next: no database looks at an index that way by itself.
FIND_OWNERS = r"""
    WITH RECURSIVE every (owner) AS (
        SELECT MIN(owner) FROM apiclients_indexedclient WHERE protected = %(no)s
        UNION ALL
        SELECT (
            SELECT MIN(c.owner) FROM apiclients_indexedclient c
            WHERE c.protected = %(no)s AND c.owner > every.owner
        )
        FROM every WHERE owner IS NOT NULL
    )
    SELECT owner, UPPER(owner) LIKE UPPER(%(like)s) ESCAPE '\' FROM every
    LIMIT %(limit)s
"""


def get_words(filters: Mapping[str, Any]) -> dict[str, list[str]]:
    """An owner is one piece, with its spaces."""
    texts = {name: filters.get(name) or "" for name in TEXTS}
    words = {"q": texts["q"].split(), "owner": [texts["owner"]]}
    return {name: words[name] for name in TEXTS if texts[name].strip()}


def find_owners(text: str) -> list[str] | None:
    """The owners that hold this text; None where there are too many to look at each."""
    like = f"%{connection.ops.prep_for_like_query(text)}%"
    with connection.cursor() as cursor:
        cursor.execute(FIND_OWNERS, {"no": False, "like": like, "limit": OWNERS + 1})
        *rows, (after_last, _) = cursor.fetchall()
    return [owner for owner, holds in rows if holds] if after_last is None else None


def find_candidates(words: Words, limit: int) -> list[int] | None:
    """Which clients may have these words, up to a limit; by their number.

    None where no word is long enough, or where the columns themselves have an index of
    trigrams: on PostgreSQL.
    """
    long = [
        (columns, word)
        for name, columns in TEXTS.items()
        for word in words.get(name, ())
        if len(word) >= LETTERS
    ]
    if connection.vendor != "sqlite" or not long:
        return None
    phrases = [(columns, _quoted(word)) for columns, word in long]
    ends = [(columns, _end_of(word)) for columns, word in long]
    if ends != phrases and len(found := _search(ends, limit)) < limit:
        return found
    return _search(phrases, limit)


def get_keys(candidates: list[int]) -> list[str]:
    return _first_column(KEYS, [json.dumps(candidates)])


def is_precise(words: Words) -> bool:
    """Whether every candidate matches: other letters are folded more than by LIKE."""
    return all(
        word.isascii() and len(word) >= LETTERS
        for name in words
        for word in words[name]
    )


def _end_of(word: str) -> str:
    """A long word costs as many trigrams as it has, and ids end differently if at all.

    Its last ones, each third, as near to each other as in the word.
    """
    if len(word) <= LETTERS * ENOUGH:
        return _quoted(word)
    ends = range(len(word), 0, -LETTERS)[:ENOUGH]
    parts = " ".join(_quoted(word[end - LETTERS : end]) for end in ends)
    return f"NEAR({parts}, {LETTERS * ENOUGH})"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _search(terms: Iterable[tuple[str, str]], limit: int) -> list[int]:
    query = " AND ".join(f"{{{columns}}} : {term}" for columns, term in terms)
    return _first_column(CANDIDATES, [query, limit])


def _first_column(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
