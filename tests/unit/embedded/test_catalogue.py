import json

import pytest

from services.embedded import catalogue
from services.embedded.data import EXAMPLE
from services.embedded.errors import CannotRun


def test_the_example_goes_as_it_is():
    """Ticketing names keys of the file that its author wrote."""
    assert catalogue.read(EXAMPLE) == EXAMPLE.read_bytes()


def test_only_the_named_branches_go():
    """The rest of the catalogue stays whole."""
    sent = json.loads(catalogue.read(EXAMPLE, ["BR-D", "BR-S", "BR-D"]))
    assert [branch["code"] for branch in sent["branches"]] == ["BR-D", "BR-S"]
    assert len(sent["services"]) == 180


def test_an_unknown_branch_is_refused_with_those_that_are():
    """A typing error is seen before anything starts."""
    with pytest.raises(CannotRun, match="no branch BR-X; there are BR-S, BR-D"):
        catalogue.read(EXAMPLE, ["BR-X"])


@pytest.mark.parametrize("text", ["a: [", "[]", "branches: 3", "\x00"])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path, text):
    """Its name stands in the refusal."""
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(CannotRun, match=r"mine\.yaml"):
        catalogue.read(path, ["BR-D"])


def test_a_missing_file_is_refused(tmp_path):
    """In words, not with a traceback."""
    with pytest.raises(CannotRun, match="cannot read the catalogue"):
        catalogue.read(tmp_path / "none.yaml")


def test_nobody_at_the_address_is_said():
    """With the option that names another."""
    with pytest.raises(CannotRun, match="--to"):
        catalogue.send(b"{}", "http://127.0.0.1:9", name="catalogue.yaml")
