from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.store.guard import refuse_file_access

between = st.lists(
    st.sampled_from([" ", "\n", "\t", "\u3000", "/**/", "/* ' */", "/* CSV */", "// LOAD\n", '// "\r', "/*\n// */"]),
    min_size=1,
    max_size=5,
).map("".join)


@pytest.mark.parametrize(
    "words",
    [
        "LOAD CSV",
        "load csv",
        "LoAd\t\r\nCsV",
        "LOAD/**/CSV",
        "LOAD /* ' */ // CSV\n /* \" ` */ CSV",
        "LOAD // LOAD\nCSV",
        "LOAD\u3000CSV",
        "LOAD\u180eCSV",
        "\\u004cOAD CS\\u0056",
        "LOAD\\u0020CSV",
        "LOAD \\uuu0043SV",
        "CALL { LOAD CSV",
        "WITH '/*' AS a LOAD /* */ CSV",
        'WITH "it\'s" AS a LOAD CSV',
        "WITH '//' AS a LOAD CSV WITH HEADERS",
        "WITH '\\u0027' AS a LOAD CSV",
    ],
)
def test_every_spelling_is_refused(words: str) -> None:
    with pytest.raises(QueryError, match="LOAD CSV is refused"):
        refuse_file_access(f"{words} FROM 'file:///etc/passwd' AS line RETURN line")


@given(gap=between, escaped=st.sets(st.integers(0, 30)), before=st.sampled_from(["", "WITH '/*' AS a ", "// '\n"]))
def test_whatever_lies_between_the_words_or_is_escaped(gap: str, escaped: set[int], before: str) -> None:
    query = "".join(f"\\u{ord(char):04X}" if n in escaped else char for n, char in enumerate(f"load{gap}Csv"))
    with pytest.raises(QueryError):
        refuse_file_access(f"{before}{query} FROM 'x' AS line RETURN line")


@pytest.mark.parametrize(
    "query", ["RETURN 'load the csv'", "RETURN 1 AS loadcsv", "WITH 1 AS load RETURN load AS csv_"]
)
def test_other_words_are_not(query: str) -> None:
    refuse_file_access(query)


def test_a_long_query_is_checked_in_no_time() -> None:
    refuse_file_access("LOAD " + "/**/ // " * 100_000)
