"""The benchmarks: `python tests/benchmarks [PART …]`, every part of the performance page or some.

    python tests/benchmarks                            all parts; it says how long it takes
    python tests/benchmarks networks busy              two of them
    python tests/benchmarks networks --only LeNet      the rows with that in their name
    python tests/benchmarks --rounds 3                 fewer alternating rounds than seven
    python tests/benchmarks --quick                    a twentieth of the work: does it run?
    python tests/benchmarks --keras FOLDER/bin/python  a Python in which TensorFlow is installed
    python tests/benchmarks --write                    the page, of what was measured so far

networks   those that have goals, against PyTorch, Keras, scikit-learn and the bare products,
           with OpenBLAS's own choice of routines, whatever OPENBLAS_CORETYPE says
haswell    the same with its routines for processors without AVX-512, in another process
others     networks beside the goals: other kernels, strides, channels, colour, one dimension
growth     what a sample costs over batch, width, depth, channels: the chart
memory     the peak of a training
start      the import, and the time to the first step, of fresh processes
busy       a lesson with two busy loops beside it
bar        the progress bar, in a pseudo-terminal

The package measured is that of this checkout. First it is checked that all compute the same, then
each round lets everyone do the same work; printed are medians. What was measured is kept in
`.benchmarks/figures.json` part by part (`--quick`: in `.benchmarks/quick.json`), and the page and
its chart are written beside it; `--write` puts both into `docs/`, and measures nothing.

Not parts, but commands of their own: `two_checkouts.py` (did a change make anything slower?),
`larger_network.py`, `estimators.py`, `gradients.py`.
"""

from __future__ import annotations

import argparse
import sys

from processes import SOURCE, has

# The package of this checkout, whatever else is installed.
sys.path.insert(0, str(SOURCE))

from kept import FOLDER, Kept, write_page
from parts import PARTS, Options, measure


def options_of(arguments: list[str]) -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        "python tests/benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows with this in their name")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="one round of a twentieth of the work")
    parser.add_argument("--keras", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--write", action="store_true", help="write docs/, measure nothing")
    given = parser.parse_args(arguments)
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if not given.parts:
        # Only networks have names of which a part can be asked for.
        given.parts = [name for name, part in PARTS.items() if part.file or not given.only]
    return given


def main(arguments: list[str]) -> None:
    """Measure what was asked for, and write the page."""
    given = options_of(arguments)
    kept = Kept("quick" if given.quick else "figures")
    if given.write:
        if given.quick or not kept.parts:
            raise SystemExit("Nothing was measured that could be written: leave out --write first.")
        write_page(kept.parts, into_docs=True)
        return
    keras = given.keras if has(given.keras, "tensorflow") else ""
    if not keras:
        print("Keras is left out: TensorFlow is not installed (--keras PYTHON names a Python).")
    options = Options(
        rounds=1 if given.quick else given.rounds,
        share=0.05 if given.quick else 1.0,
        only=given.only,
        keras=keras,
    )
    minutes = max(1, sum(kept.expected(PARTS[part], options) for part in given.parts) / 60)
    about = "at most" if given.only else "about"
    print(f"{', '.join(given.parts)}: {about} {minutes:.0f} min on a quiet machine", flush=True)
    if given.quick:
        print("The figures of --quick say nothing, nor do their verdicts.")
    for part in given.parts:
        print(f"\n{part}", flush=True)
        kept.keep(PARTS[part], options, *measure(PARTS[part], options))
    write_page(kept.parts)
    print(f"\nThe page and its chart are in {FOLDER}; --write puts them into docs.")


if __name__ == "__main__":
    main(sys.argv[1:])
