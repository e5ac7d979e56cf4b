"""What somebody types to find a task by its id."""

from uuid import UUID

import pytest

from longshore_ledger.id_text import IdText

ID = "01a1fd2c-3d4e-7abc-8def-0123456789ab"
MADE_AT = 0x01A1FD2C3D4E * 1000
"""us since 1970."""


@pytest.mark.parametrize(
    ("text", "id", "contained"),
    [
        ("3d4e-7abc", ID, True),
        (ID.upper(), ID, True),
        ("nightly", "Nightly-7", True),
        ("-7", "Nightly-7", True),
        ("01a1fd2c3d4e7abc", ID, True),
        (ID.replace("-", ""), ID, True),
        ("01a1fd2c3d4e7abc", ID + ".12", True),
        (ID.replace("-", "") + ".12", ID + ".12", True),
        ("2c3d4e", ID, False),
        ("deadbeef", "dead-beef-1", True),
        ("deadbee", "dead-beef-1", False),
        ("x", ID, False),
    ],
)
def test_an_id_contains_a_text_or_not(text: str, id: str, contained: bool) -> None:
    assert IdText(text).is_in(id) is contained


@pytest.mark.parametrize(
    ("text", "made_at"),
    [
        (ID, MADE_AT),
        (ID.upper(), MADE_AT),
        (ID + ".3", MADE_AT),
        ("01a1fd2c-3d4e", MADE_AT),
        ("01a1fd2c-3d4e-7", MADE_AT),
        ("01a1fd2c", 0x01A1FD2C0000 * 1000),
        ("01a1fd2", None),
        ("01a1fd2c-3d4e-4", None),
        (ID + "0", None),
        ("nightly-run", None),
        ("", None),
    ],
)
def test_the_beginning_of_a_uuid7_tells_when_it_was_made(text: str, made_at: int | None) -> None:
    assert IdText(text).made_at == made_at


def test_a_text_may_be_a_whole_id_in_several_spellings() -> None:
    assert IdText("Mine").whole() == ["Mine", "mine"]
    assert IdText(UUID(ID).hex).whole() == [UUID(ID).hex, ID]
    assert IdText(ID).whole() == [ID]
