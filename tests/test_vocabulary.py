"""The vocabulary: an immutable mapping from names to places."""

import copy
import pickle
from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

import attractorbind as ab

# Characters below the combining ones, of which each is composed in one way only, and none of them controls.
CHARACTERS = st.characters(max_codepoint=0x2FF, exclude_categories=["C"])
NAMES = st.lists(st.text(CHARACTERS, min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=8, unique=True)


@given(names=NAMES)
def test_is_a_mapping_in_the_order_given(names):
    vocabulary = ab.Vocabulary(names)
    assert isinstance(vocabulary, Mapping)
    assert list(vocabulary) == names
    assert dict(vocabulary) == {name: place for place, name in enumerate(names)}
    assert vocabulary.names == tuple(names)
    assert all(vocabulary.names[vocabulary[name]] == name for name in names)


@given(names=NAMES, others=NAMES)
def test_equality_and_hash_are_those_of_the_names(names, others):
    one, same, other = ab.Vocabulary(names), ab.Vocabulary(tuple(names)), ab.Vocabulary(others)
    assert one == same
    assert hash(one) == hash(same)
    assert (one == other) == (names == others)
    assert one != names


def test_order_matters_to_equality():
    assert ab.Vocabulary(["dog", "cat"]) != ab.Vocabulary(["cat", "dog"])


@pytest.mark.parametrize("name", ["dgo", "", "DOG"])
def test_unknown_name_is_an_error_and_creates_nothing(name):
    vocabulary = ab.Vocabulary(["dog", "cat"])
    with pytest.raises(ab.UnknownNameError, match="unknown symbol"):
        vocabulary[name]
    with pytest.raises(KeyError):
        vocabulary[name]
    assert list(vocabulary) == ["dog", "cat"]


def test_unknown_name_suggests_the_nearest():
    vocabulary = ab.Vocabulary(["dog", "cat", "chased"])
    with pytest.raises(ab.UnknownNameError) as caught:
        vocabulary["chase"]
    assert str(caught.value) == ("unknown symbol 'chase'; symbols are 'dog', 'cat', 'chased'; did you mean 'chased'?")


def test_unknown_name_shows_the_head_of_a_long_list():
    vocabulary = ab.Vocabulary([f"word{number}" for number in range(1000)])
    with pytest.raises(ab.UnknownNameError, match=r"\.\.\. \(1000 in all\)") as caught:
        vocabulary["zzz"]
    assert len(str(caught.value)) < 300


def test_lookups_with_a_default_and_membership():
    vocabulary = ab.Vocabulary(["dog"])
    assert vocabulary.get("cat") is None
    assert vocabulary.get("dog") == 0
    assert "dog" in vocabulary
    assert "cat" not in vocabulary


@pytest.mark.parametrize("attribute", ["names", "_index", "anything"])
def test_is_immutable(attribute):
    vocabulary = ab.Vocabulary(["dog"])
    with pytest.raises(AttributeError, match="immutable"):
        setattr(vocabulary, attribute, ())
    with pytest.raises(AttributeError):
        delattr(vocabulary, attribute)
    assert vocabulary["dog"] == 0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_can_be_copied_and_pickled(duplicate):
    vocabulary = ab.Vocabulary(["dog", "cat"])
    assert duplicate(vocabulary) == vocabulary


def test_takes_any_iterable_once():
    assert ab.Vocabulary(name for name in ("dog", "cat")).names == ("dog", "cat")


def test_spare_symbols_are_names_behind_the_others():
    vocabulary = ab.Vocabulary(["dog", "cat"], spare=["x", "y"])
    assert list(vocabulary) == ["dog", "cat", "x", "y"]
    assert (vocabulary.names, vocabulary.spare, len(vocabulary)) == (("dog", "cat"), ("x", "y"), 4)
    assert vocabulary["y"] == 3
    with pytest.raises(ab.UnknownNameError, match="did you mean 'x'"):
        vocabulary["xx"]
    assert repr(vocabulary) == "Vocabulary(['dog', 'cat'], spare=['x', 'y'])"
    assert ab.Vocabulary(["dog"], spare=3).spare == ("new0", "new1", "new2")
    assert ab.Vocabulary(["dog"], spare=0) == ab.Vocabulary(["dog"])


def test_spare_symbols_count_for_equality_copies_and_pickles():
    vocabulary = ab.Vocabulary(["dog"], spare=["x"])
    assert vocabulary != ab.Vocabulary(["dog"])
    assert vocabulary != ab.Vocabulary(["dog", "x"])
    assert hash(vocabulary) == hash(ab.Vocabulary(["dog"], ["x"]))
    assert pickle.loads(pickle.dumps(vocabulary)) == copy.deepcopy(vocabulary) == vocabulary


def test_repr_is_python_for_a_short_one():
    assert repr(ab.Vocabulary(["dog", "cat"])) == "Vocabulary(['dog', 'cat'])"
