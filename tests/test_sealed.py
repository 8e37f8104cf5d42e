"""Sealed files: what they hold comes back, other tools read them, and nothing that a header claims is believed."""

import contextlib
import hashlib
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from files import NETWORK, forged, mutated

import attractorbind as ab
from attractorbind import _sealed
from attractorbind._sealed import Format, read_sealed, write_sealed

DESCRIPTION = {"names": ["dog", "ü", "\udc00", '"'], "none": None, "infinite": float("inf"), "deep": [[{"a": 0.1}]]}
ARRAYS = {
    "bool": np.array([[True, False, True]]),
    **{name: np.arange(-3, 3).astype(name) for name in ("int8", "int16", "int32", "int64")},
    **{name: np.arange(5).astype(name) for name in ("uint8", "uint16", "uint32", "uint64")},
    **{name: np.linspace(-1, 1, 7).astype(name) for name in ("float16", "float32", "float64")},
    "bfloat16": np.asarray(jnp.linspace(-1, 1, 7, dtype=jnp.bfloat16)),
    "complex64": np.array([1 + 2j, np.nan], np.complex64),
    "single": np.array(2.5, np.float32),
    "empty": np.zeros((3, 0, 2), np.float32),
    "a name of\nits own, ü, \" and '": np.array([1, 2, 3], np.int8),
}


def test_what_is_written_comes_back(tmp_path: Path):
    write_sealed(tmp_path / "it", NETWORK, DESCRIPTION, ARRAYS)
    description, arrays = read_sealed(tmp_path / "it", NETWORK)
    assert description == DESCRIPTION
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert (array.dtype, array.shape) == (ARRAYS[name].dtype, ARRAYS[name].shape)
        np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize(
    "given", [np.array([1.5, 2], ">f4"), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(9)[::-2]]
)
def test_arrays_in_any_order_of_bytes_and_axes_come_back(given: np.ndarray, tmp_path: Path):
    write_sealed(tmp_path / "it", NETWORK, {}, {"given": given})
    np.testing.assert_array_equal(read_sealed(tmp_path / "it", NETWORK)[1]["given"], given)


def test_other_tools_read_it(tmp_path: Path):
    safetensors = pytest.importorskip("safetensors.numpy")
    arrays = {name: array for name, array in ARRAYS.items() if name not in ("bfloat16", "complex64")}
    write_sealed(tmp_path / "it", NETWORK, DESCRIPTION, arrays)
    read = safetensors.load_file(tmp_path / "it")
    assert read.keys() == arrays.keys()
    for name, array in read.items():
        assert array.dtype == arrays[name].dtype
        np.testing.assert_array_equal(array, arrays[name])
    with safetensors.safe_open(tmp_path / "it", "np") as file:
        assert json.loads(file.metadata()["description"]) == DESCRIPTION


def test_every_array_begins_at_a_multiple_of_the_size_of_its_numbers(tmp_path: Path):
    write_sealed(tmp_path / "it", NETWORK, DESCRIPTION, ARRAYS)
    whole = (tmp_path / "it").read_bytes()
    length = int.from_bytes(whole[:8], "little")
    assert length % 8 == 0
    for name, entry in json.loads(whole[8 : 8 + length]).items():
        if name != "__metadata__":
            assert entry["data_offsets"][0] % ARRAYS[name].itemsize == 0


def refusal(path: Path) -> str:
    """The text of the refusal; an error if little memory does not do for it."""
    tracemalloc.start()
    try:
        with pytest.raises(ab.FileError) as caught:
            read_sealed(path, NETWORK)
        assert tracemalloc.get_traced_memory()[1] < 40 * path.stat().st_size + 2**20
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) <= 300
    assert repr(str(path)) in str(caught.value)
    return str(caught.value)


def entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> str:
    return json.dumps({"dtype": dtype, "shape": shape, "data_offsets": offsets})


DESCRIBED = '","description":"{}"}'
# What stands behind the description, and the numbers; without the last line they make a file.
HEADERS: dict[str, tuple[str, bytes]] = {
    "terabytes": (f',"a":{entry("F32", [2**40], [0, 2**42])}}}', bytes(8)),
    "terabytes in eight bytes": (f',"a":{entry("F32", [2**40], [0, 8])}}}', bytes(8)),
    "none of terabytes": (f',"a":{entry("F32", [0, 2**60], [0, 0])}}}', b""),
    "more than can be counted": (f',"a":{entry("F32", [10**40], [0, 4 * 10**40])}}}', bytes(8)),
    "many axes": (f',"a":{entry("F32", [1] * 65, [0, 4])}}}', bytes(4)),
    "a negative axis": (f',"a":{entry("F32", [-2, -1], [0, 8])}}}', bytes(8)),
    "a broken axis": (f',"a":{entry("F32", [2.0])}}}', bytes(8)),
    "an axis that is true": (f',"a":{entry("F32", [True], [0, 4])}}}', bytes(4)),
    "an axis that is no number": (f',"a":{entry("F32", ["2"])}}}', bytes(8)),
    "no axes": (f',"a":{entry("F32", None)}}}', bytes(8)),
    "axes in a text": (f',"a":{entry("F32", "", [0, 4])}}}', bytes(4)),
    "axes in an object": (f',"a":{entry("F32", {}, [0, 4])}}}', bytes(4)),
    "an unknown type": (f',"a":{entry("F8_E5M2")}}}', bytes(8)),
    "a type of objects": (f',"a":{entry("O")}}}', bytes(8)),
    "a type that is a list": (f',"a":{entry(["F32"])}}}', bytes(8)),
    "a truth of seven": (f',"a":{entry("BOOL", [8])}}}', bytes([0, 1, 0, 1, 0, 7, 0, 1])),
    "a gap": (f',"a":{entry(offsets=[8, 16])}}}', bytes(16)),
    "an overlap": (f',"a":{entry()},"b":{entry(offsets=[4, 12])}}}', bytes(12)),
    "the same numbers twice": (f',"a":{entry()},"b":{entry()}}}', bytes(8)),
    "another order": (f',"a":{entry(offsets=[8, 16])},"b":{entry(offsets=[0, 8])}}}', bytes(16)),
    "a negative place": (f',"a":{entry(offsets=[-8, 0])}}}', bytes(8)),
    "an end before the beginning": (f',"a":{entry(offsets=[8, 0])}}}', bytes(8)),
    "a place that is no number": (f',"a":{entry(offsets=["0", "8"])}}}', bytes(8)),
    "no place": (f',"a":{entry(offsets=None)}}}', bytes(8)),
    "too few numbers": (f',"a":{entry()}}}', bytes(7)),
    "numbers of no array": (f',"a":{entry()}}}', bytes(9)),
    "numbers and no arrays": ("}", bytes(1)),
    "a name that stands twice": (f',"a":{entry()},"a":{entry(offsets=[8, 16])}}}', bytes(16)),
    "a second description": (',"__metadata__":{"description":"[]"}}', b""),
    "an array that is a list": (',"a":["F32",[2],[0,8]]}', bytes(8)),
    "an array that is a number": (',"a":8}', bytes(8)),
    "an array that says nothing": (',"a":{}}', bytes(8)),
    "an open end": ("", b""),
    "more behind the end": ("}}", b""),
    "deep": (f',"a":{"[" * 10**5}{"]" * 10**5}}}', b""),
    "deep in objects": (f',"a":{"{" + chr(34) + "a" + chr(34) + ":"}' * 10**5, b""),
    "deep without an end": (f',"a":{"[" * 10**6}', b""),
    "many lists": (f',"a":[{"[]," * 10**5}[]]}}', b""),
    "many digits": (f',"a":{entry()[:-1]},"x":{"9" * 10**5}}}}}', bytes(8)),
}


def test_the_headers_below_are_refused_for_what_is_wrong_with_them(tmp_path: Path):
    forged(tmp_path / "it", f'{DESCRIBED},"a":{entry()}}}'.encode(), bytes(8))
    description, arrays = read_sealed(tmp_path / "it", NETWORK)
    assert description == {}
    np.testing.assert_array_equal(arrays["a"], np.zeros(2, np.float32))


@pytest.mark.parametrize("header", list(HEADERS))
def test_nothing_that_a_header_claims_is_believed(header: str, tmp_path: Path):
    told, numbers = HEADERS[header]
    forged(tmp_path / "it", f"{DESCRIBED}{told}".encode(), numbers)
    assert "no network that makes sense" in refusal(tmp_path / "it")


@pytest.mark.parametrize(
    "described",
    [
        '","description":{}}}',
        '","description":null}}',
        '"}}',
        '","description":""}}',
        '","description":"{"}}',
        '","description":"{\\"a\\":1,\\"a\\":2}"}}',
        f'","description":"{"[" * 10**5}{"]" * 10**5}"}}}}',
        '","description":"{}"},"a":"\\ud800"}',
        "\udcff",
        '","description":"\udcff"}}',
        "",
    ],
)
def test_a_description_that_is_none_is_refused(described: str, tmp_path: Path):
    forged(tmp_path / "it", described.encode(errors="surrogateescape"), b"")
    assert "no network that makes sense" in refusal(tmp_path / "it")


@pytest.mark.parametrize(
    ("claimed", "told"),
    [
        ({"total": 10**13}, "is truncated: it has"),
        ({"total": 10**16 - 1}, "is truncated: it has"),
        ({"total": 0}, "was altered"),
        ({"length": 2**63}, "makes sense"),
        ({"length": 2**64 - 1}, "makes sense"),
        ({"length": 10**12}, "makes sense"),
        ({"length": 0}, "makes sense"),
        ({"length": 200}, "makes sense"),
    ],
)
def test_lengths_that_are_not_those_of_the_file_are_refused(claimed: dict[str, int], told: str, tmp_path: Path):
    forged(tmp_path / "it", f"{DESCRIBED}}}".encode(), b"", **claimed)
    assert told in refusal(tmp_path / "it")


def test_a_header_is_bounded_when_it_is_read_and_when_it_is_written(tmp_path: Path):
    forged(tmp_path / "it", f"{DESCRIBED}}}".encode() + b" " * 2**24, b"")
    assert "header is longer" in refusal(tmp_path / "it")
    with pytest.raises(ab.FileError, match="take fewer symbols, or shorter names"):
        write_sealed(tmp_path / "it", NETWORK, ["x" * 2**24], {})


HUGE = """
import resource, sys
from pathlib import Path
from attractorbind._errors import FileError
from attractorbind._sealed import Format, read_sealed
resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
try:
    read_sealed(Path(sys.argv[1]), Format("network", int(sys.argv[2]), "network.save", "", b"ATTRBIND"))
except FileError as error:
    print(error)
"""


def test_a_file_that_is_larger_than_memory_is_an_error_of_our_own(tmp_path: Path):
    path, total = tmp_path / "it", 2**42
    forged(path, f"{DESCRIBED}}}".encode(), b"", total=total)
    # A hole of four terabytes, which takes no room on the disk.
    with contextlib.suppress(OSError), open(path, "r+b") as file:
        file.truncate(total)
    if path.stat().st_size != total:
        pytest.skip("the file system has no room for such a hole")
    command = [sys.executable, "-c", HUGE, str(path), str(NETWORK.version)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout
    assert "for which there is no memory" in told


def test_truncated_at_every_boundary_with_and_without_a_new_checksum(tmp_path: Path):
    path = tmp_path / "it"
    write_sealed(path, NETWORK, DESCRIPTION, ARRAYS)
    whole = path.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    start, opening = 8 + length, whole.index(b'","description"')
    header = json.loads(whole[8:start])
    ends = [
        start + place for name, entry in header.items() if name != "__metadata__" for place in entry["data_offsets"]
    ]
    braces = [place for place in range(opening, start) if whole[place : place + 1] in b'{}[]",:']
    for end in {*range(0, opening, 7), opening - 64, opening, *braces[::5], start - 1, start, *ends} - {len(whole)}:
        path.write_bytes(whole[:end])
        told = refusal(path)
        assert ("is truncated" if end >= 140 else "is no network of attractorbind's") in told or "truncated" in told
        if end >= opening:
            forged(path, whole[opening : min(end, start)], whole[start:end] if end > start else b"")
            assert "makes sense" in refusal(path)


def test_every_kind_of_damage_is_refused(tmp_path: Path):
    path = tmp_path / "it"
    write_sealed(path, NETWORK, DESCRIPTION, ARRAYS)
    whole = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(500):
        damaged = mutated(whole, generator)
        if damaged != whole:
            path.write_bytes(damaged)
            refusal(path)


def test_damage_behind_a_right_checksum_is_refused_or_read_as_it_stands(tmp_path: Path):
    path = tmp_path / "it"
    write_sealed(path, NETWORK, {"a": [1, 2]}, ARRAYS)
    whole = path.read_bytes()
    begin, start = whole.index(b'","description"'), 8 + int.from_bytes(whole[:8], "little")
    generator, refused = np.random.default_rng(1), 0
    for _ in range(500):
        header = mutated(whole[begin:start], generator)
        forged(path, header, whole[start:])
        try:
            _, arrays = read_sealed(path, NETWORK)
        except ab.FileError:
            refused += 1
        else:
            assert sum(array.nbytes for array in arrays.values()) == len(whole) - start
    assert refused > 400


def test_files_of_another_kind_or_version_are_refused_with_the_cure(tmp_path: Path):
    path = tmp_path / "it"
    for form, told in (
        (
            NETWORK._replace(kind="checkpoint"),
            "is no network of attractorbind's; such files are written by network.save",
        ),
        (NETWORK._replace(version=NETWORK.version + 1), "update attractorbind"),
        (NETWORK._replace(version=NETWORK.version - 1), "build the network anew and save it again"),
    ):
        write_sealed(path, form, {}, {})
        assert told in refusal(path)
    for payload in (b"", b"anything"):
        path.write_bytes(b"ATTRBIND" + len(payload).to_bytes(8, "little") + hashlib.sha256(payload).digest() + payload)
        assert "of an older version, and this attractorbind reads version" in refusal(path)
    assert isinstance(NETWORK, Format)
    assert _sealed.array_can_be_kept(np.zeros(1))
    assert not _sealed.array_can_be_kept(np.zeros(1, np.complex128))
