"""The zoo: networks with a planted fault, and healthy ones. See `zoo_tuned` for the format.

The thresholds were chosen by the animals of `zoo_tuned`; those of other files `zoo_*.py` were made
apart, and tried once.
"""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path

import pytest

from nnlite.diagnosis import NAMES

FILES = sorted(Path(__file__).parent.glob("zoo_*.py"))
RIGHT = 0.9
# Every so many of the animals are examined in the first tier.
SHARE = 4


def animals(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    zoo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(zoo)
    return [
        animal
        for name, animal in vars(zoo).items()
        if inspect.isfunction(animal) and animal.__module__ == path.stem and name[0] != "_"
    ]


ZOO = [(path.stem, animal) for path in FILES for animal in animals(path)]


def found_and_expected(animal):
    model, x, y, expected, *options = animal()
    return model.diagnose(x, y, **(options[0] if options else {})).first, expected


@pytest.mark.parametrize("animal", [pytest.param(a, id=a.__name__) for _, a in ZOO[::SHARE]])
def test_an_animal_has_its_fault_as_first_cause_or_none(animal):
    found, expected = found_and_expected(animal)
    assert found == expected


@pytest.mark.slow
@pytest.mark.parametrize("file", [path.stem for path in FILES])
def test_nine_of_ten_faults_are_found_and_no_healthy_network_is_called_ill(file):
    results = {a.__name__: found_and_expected(a) for stem, a in ZOO if stem == file}
    faults = {name: pair for name, pair in results.items() if pair[1]}
    wrong = {name: pair for name, pair in faults.items() if pair[0] != pair[1]}
    alarms = {name: pair for name, pair in results.items() if pair[0] and not pair[1]}
    assert alarms == {}
    assert len(wrong) <= (1 - RIGHT) * len(faults), wrong


def test_the_names_in_the_format_of_the_zoo_are_all_there_are():
    (path,) = [path for path in FILES if path.stem == "zoo_tuned"]
    listed = path.read_text(encoding="utf-8").split('"""')[1].split("names of the causes:")[1]
    assert sorted(line.split()[0] for line in listed.splitlines() if line) == sorted(NAMES)


def test_the_zoo_holds_only_causes_that_there_are_and_networks_that_were_not_trained():
    for _, animal in ZOO:
        model, _, _, expected, *_ = animal()
        assert expected is None or expected in NAMES, animal.__name__
        assert model.history is None
