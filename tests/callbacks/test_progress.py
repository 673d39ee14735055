"""What a user sees of a training: in a terminal, in a log file, in a notebook."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlite import Sequential
from nnlite.callbacks import Callback, ProgressBar, bar, display
from nnlite.layers import Dense
from nnlite.optimizers import SGD


def small_model(**options: Any) -> Sequential:
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,))], dtype="float64")
    model.set_weights([[[0.0]]])
    model.compile(optimizer=SGD(0.5), loss="half_squared_error", **options)
    return model


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and shows what would stand on its screen."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        return [line.rstrip() for line in after_returns(self.getvalue())]


def after_returns(text: str) -> list[str]:
    """Return the lines of a terminal, where \\r goes back to the start of the line."""
    lines = []
    for line in text.split("\n"):
        shown: list[str] = []
        for part in line.split("\r"):
            shown[: len(part)] = part
        lines.append("".join(shown))
    return lines


@pytest.fixture
def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Return what opens a terminal of 80 columns, on which every step is drawn."""

    def open_terminal() -> Terminal:
        screen = Terminal()
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setattr(ProgressBar, "interval", 0.0)
        return screen

    return open_terminal


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r" in [\d:.]+( s)?", " in T", re.sub(r"\S+ left", "T left", x)) for x in lines]


Open = Callable[[], Terminal]


class Snapshots(Callback):
    """Keeps what stands on the screen after every batch."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.screens: list[list[str]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.screens.append(without_times(self.terminal.screen()))


def test_a_terminal_shows_one_line_that_changes(open_terminal: Open) -> None:
    terminal = open_terminal()
    snapshots = Snapshots(terminal)
    small_model().fit([1.0, 1.0], [4.0, 4.0], batch_size=1, epochs=2, callbacks=[snapshots])
    # The weight is 0, 2, 3, 3.5.
    assert snapshots.screens == [
        ["Epoch 1/2 ██▌        T left, loss: 8.0000"],
        ["Epoch 1/2 █████      T left, loss: 5.0000"],
        ["Epoch 2/2 ███████▌   T left, loss: 0.5000"],
        ["Epoch 2/2 ██████████ T left, loss: 0.3125"],
    ]
    assert without_times(terminal.screen()) == ["Epoch 2/2 in T - loss: 0.3125", ""]


def test_the_validation_shows_as_soon_as_there_is_one(open_terminal: Open) -> None:
    terminal = open_terminal()
    snapshots = Snapshots(terminal)
    small_model().fit(
        [1.0],
        [4.0],
        validation_data=([0.0], [1.0]),
        validation_freq=2,
        epochs=4,
        callbacks=[snapshots],
    )
    lines = [screen[0].split("left, ")[1] for screen in snapshots.screens]
    assert lines == [
        "loss: 8.0000",
        "loss: 2.0000",
        "loss: 0.5000 - val_loss: 0.5000",
        "loss: 0.1250 - val_loss: 0.5000",
    ]
    assert terminal.screen()[-2].endswith("loss: 0.1250 - val_loss: 0.5000")


def test_no_number_is_cut_when_the_line_is_full(open_terminal: Open) -> None:
    terminal = open_terminal()
    snapshots = Snapshots(terminal)
    model = small_model(metrics=["mae", "mse", "rmse", "r2"])
    model.fit([1.0], [4.0], validation_data=([0.0], [1.0]), epochs=2, callbacks=[snapshots])
    assert snapshots.screens[1] == [
        "Epoch 2/2 T left, loss: 2.0000 - val_loss: 0.5000 - mae: 2.0000 - ..."
    ]
    assert all(len(line) < 80 for line in terminal.getvalue().split("\r")[:-1])
    # The last line is whole, and may be longer than the terminal is wide.
    assert terminal.screen()[-2].endswith("val_mse: 1.0000 - val_rmse: 1.0000 - val_r2: 0.0000")


def test_a_figure_of_the_validation_alone_is_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    class Scores(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["val_f1"] = 0.5

    small_model().fit([1.0], [4.0], callbacks=[Scores()])
    assert capsys.readouterr().err.endswith("- loss: 8.0000 - val_f1: 0.5000\n")
    figures = {"loss": 8.0, "val_f1": 0.5, "val_loss": 0.25}
    assert display.epoch_line(figures) == "loss: 8.0000 - val_f1: 0.5000 - val_loss: 0.2500"
    # The loss of the validation matters more.
    assert display.epoch_line(figures, 40) == "loss: 8.0000 - val_loss: 0.2500 - ..."


def test_what_a_callback_prints_has_a_line_to_itself(open_terminal: Open) -> None:
    terminal = open_terminal()

    class Says(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            print(f"hello {epoch}")
            assert sys.stdout.isatty()
            sys.stdout.flush()

    small_model().fit([1.0], [4.0], epochs=2, callbacks=[Says()])
    assert without_times(terminal.screen()) == [
        "hello 0",
        "hello 1",
        "Epoch 2/2 in T - loss: 2.0000",
        "",
    ]
    assert sys.stdout is terminal


def test_an_evaluation_in_a_callback_has_a_line_to_itself(open_terminal: Open) -> None:
    terminal = open_terminal()

    class Evaluates(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate([1.0], [4.0])

    small_model().fit([1.0], [4.0], epochs=2, callbacks=[Evaluates()])
    assert without_times(terminal.screen()) == [
        "loss: 2.0000",
        "loss: 0.5000",
        "Epoch 2/2 in T - loss: 2.0000",
        "",
    ]


def test_ctrl_c_is_told_below_the_bar(open_terminal: Open) -> None:
    terminal = open_terminal()

    class Presses(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise KeyboardInterrupt

        def on_train_end(self, logs: Any = None) -> None:
            print("the end")

    small_model().fit([1.0], [4.0], epochs=5, callbacks=[Presses()])
    assert without_times(terminal.screen()) == [
        "Epoch 2/5 in T - loss: 8.0000",
        "Training stopped by Ctrl-C in epoch 2; weights and history are kept.",
        "the end",
        "",
    ]


def test_an_error_leaves_the_line_of_its_epoch(open_terminal: Open) -> None:
    terminal = open_terminal()

    class Broken(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        small_model().fit([1.0], [4.0], epochs=5, callbacks=[Broken()])
    assert without_times(terminal.screen()) == ["Epoch 2/5 in T - loss: 8.0000", ""]
    assert sys.stdout is terminal


def test_an_error_before_the_first_epoch_leaves_a_line_too(open_terminal: Open) -> None:
    terminal = open_terminal()

    class Broken(Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        small_model().fit([1.0], [4.0], callbacks=[Broken()])
    assert without_times(terminal.screen()) == ["No epoch in T", ""]


def test_a_redirected_stdout_is_left_alone(
    open_terminal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal()
    stdout = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stdout)

    class Says(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            assert sys.stdout is stdout
            print("hello")

    small_model().fit([1.0], [4.0], callbacks=[Says()])
    assert stdout.getvalue() == "hello\n"


def test_a_bar_of_ones_own_is_the_only_one(open_terminal: Open) -> None:
    terminal = open_terminal()
    bar = ProgressBar()
    model = small_model()
    for _ in range(2):
        model.fit([1.0], [4.0], epochs=2, callbacks=[bar])
    assert without_times(terminal.screen()) == [
        "Epoch 2/2 in T - loss: 2.0000",
        "Epoch 2/2 in T - loss: 0.1250",
        "",
    ]


class Clock:
    """A clock that goes on by so many seconds at each look."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(0.5)
    for module in (bar, display):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=clock))
    return clock


def test_a_log_file_gets_ten_lines_for_two_thousand_epochs(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    model = small_model()
    model.optimizer.learning_rate = 0.0
    model.fit(np.ones(4), np.ones(4), epochs=2000)
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 10
    assert [line[:16] for line in lines[:3]] == [
        " 10% Epoch 200/2",
        " 20% Epoch 400/2",
        " 30% Epoch 600/2",
    ]
    assert re.fullmatch(r"100% Epoch 2000/2000 in \d+:\d\d - loss: 0\.5000", lines[-1])


def test_a_log_file_gets_no_more_than_a_line_each_second(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.seconds = 0.125
    small_model().fit([1.0], [4.0], epochs=10)
    # Two looks at the clock for each step, two at the beginning, and one for each line.
    assert capsys.readouterr().err.splitlines() == [
        " 40% Epoch 4/10 in 1.2 s - loss: 0.1250",
        " 80% Epoch 8/10 in 2.4 s - loss: 4.883e-04",
        "100% Epoch 10/10 in 3.0 s - loss: 3.052e-05",
    ]


def test_a_training_that_ends_early_says_how_far_it_came(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Stop(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = epoch == 2

    small_model().fit([1.0], [4.0], epochs=10, callbacks=[Stop()])
    assert without_times(capsys.readouterr().err.splitlines()) == [
        " 30% Epoch 3/10 in T - loss: 0.5000"
    ]


def test_the_label_goes_on_from_the_initial_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    small_model().fit([1.0], [4.0], initial_epoch=3, epochs=5)
    assert without_times(capsys.readouterr().err.splitlines()) == [
        "100% Epoch 5/5 in T - loss: 2.0000"
    ]
    small_model().fit([1.0], [4.0], epochs=0)
    assert without_times(capsys.readouterr().err.splitlines()) == ["  0% No epoch in T"]


def test_verbose_0_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    model = small_model()
    model.fit([1.0], [4.0], verbose=0)
    model.evaluate([1.0], [4.0], verbose=0)
    model.predict([1.0], verbose=0)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_evaluate_shows_its_results_as_fit_does(capsys: pytest.CaptureFixture[str]) -> None:
    model = small_model(metrics=["mae"])
    for verbose in (1, "auto", True):
        model.evaluate([1.0], [4.0], verbose=verbose)
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", "loss: 8.0000 - mae: 4.0000\n")
    model.evaluate([1.0], [4.0], verbose=2)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("loss: 8.0000 - mae: 4.0000\n", "")
    with pytest.raises(ValueError, match="verbose must be 0, 1, 2"):
        model.evaluate([1.0], [4.0], verbose="loud")


def test_predictions_and_single_batches_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    model = small_model()
    model.predict([1.0], verbose=1)
    model.predict_on_batch([1.0])
    model.test_on_batch([1.0], [4.0])
    model.train_on_batch([1.0], [4.0])
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kernel of a notebook: the list of what its cell has shown, one text per output."""
    outputs: list[str] = []

    class Handle:
        def __init__(self, place: int) -> None:
            self.place = place

        def update(self, shown: dict[str, str], raw: bool) -> None:
            assert raw
            outputs[self.place] = shown["text/plain"]

    def display(shown: dict[str, str], raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        outputs.append(shown["text/plain"])
        return Handle(len(outputs) - 1)

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    monkeypatch.setattr(ProgressBar, "interval", 0.0)
    return outputs


def test_a_notebook_shows_one_output_that_is_replaced(
    notebook: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    class Looks(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(without_times(notebook))

    small_model().fit([1.0], [4.0], epochs=2, callbacks=[Looks()])
    assert seen == [
        ["Epoch 1/2 █████      T left, loss: 8.0000"],
        ["Epoch 2/2 ██████████ T left, loss: 2.0000"],
    ]
    assert without_times(notebook) == ["Epoch 2/2 in T - loss: 2.0000"]
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_a_notebook_shows_results_where_they_are_no_error(
    notebook: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    small_model().evaluate([1.0], [4.0])
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("loss: 8.0000\n", "")


def test_consoles_that_cannot_replace_an_output_get_lines(
    notebook: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "spyder_kernels", SimpleNamespace())
    small_model().fit([1.0], [4.0])
    assert notebook == []
    assert without_times(capsys.readouterr().err.splitlines()) == [
        "100% Epoch 1/1 in T - loss: 8.0000"
    ]


def test_ipython_in_a_terminal_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert not display.in_notebook()


def test_a_bar_that_never_began_has_nothing_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    ProgressBar().on_train_end()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_without_any_stderr_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert small_model().fit([1.0], [4.0]).history == {"loss": [8.0]}


# Runs until Ctrl-C; the alarm is for the day when Ctrl-C does not work. A shell that started the
# tests in the background has told them to ignore Ctrl-C, hence the handler.
SCRIPT = """
import signal
signal.alarm(60)
signal.signal(signal.SIGINT, signal.default_int_handler)
from nnlite import Sequential
from nnlite.layers import Dense
model = Sequential([Dense(1, input_shape=(1,))], seed=0)
model.compile("sgd", "mse")
history = model.fit([1.0], [1.0], epochs=10**9)
print("ended well" if history.history["loss"] else "nothing")
"""


def test_ctrl_c_in_a_real_terminal_leaves_a_line_and_goes_on() -> None:
    pty = pytest.importorskip("pty")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    resource = pytest.importorskip("resource")

    def enter() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # What a shell starts in the background ignores Ctrl-C, and so would its children.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    screen, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, b"\x18\x00\x50\x00\x00\x00\x00\x00")
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        preexec_fn=enter,
    )
    os.close(inside)
    shown = b""
    while b"left, loss" not in shown:
        shown += os.read(screen, 1000)
    os.write(screen, b"\x03")
    try:
        while found := os.read(screen, 1000):
            shown += found
    except OSError:
        pass  # Linux says so when nobody holds the other side any more.
    os.close(screen)
    assert process.wait() == 0
    lines = [line.strip() for line in after_returns(shown.decode().replace("\r\n", "\n"))]
    assert len(lines) == 4
    found = re.fullmatch(r"(\^C)?Epoch (\d+)/1000000000 in \d\.\d s - loss: \S+", lines[0])
    assert found
    assert lines[1:] == [
        f"Training stopped by Ctrl-C in epoch {found[2]}; weights and history are kept.",
        "ended well",
        "",
    ]


def test_a_bar_whose_end_nobody_knows_shows_the_time_left_from_the_second_epoch_on() -> None:
    stream = io.StringIO()
    line = display.LiveBar(None, stream)
    line.show(3, "Epoch 1/2", {"loss": 0.5})
    assert "Epoch 1/2, loss: 0.5000" in stream.getvalue()
    assert "left" not in stream.getvalue()
    line.expect(8)
    line.show(5, "Epoch 2/2", {"loss": 0.25})
    assert "left, loss: 0.2500" in stream.getvalue()
    line.close(8, "Epoch 2/2", {"loss": 0.25})
    assert "100%" not in stream.getvalue()
