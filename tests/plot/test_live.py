from __future__ import annotations

import subprocess
import sys
import types

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

import nnlite
from nnlite.callbacks import LivePlot
from nnlite.plot import live


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    plt.switch_backend("Agg")
    yield
    plt.close("all")


class Clock(nnlite.callbacks.Callback):
    """A clock that stands still but for what each epoch takes."""

    def __init__(self, epoch):
        self.now, self.epoch = 0.0, epoch

    def perf_counter(self):
        return self.now

    def on_epoch_begin(self, epoch, logs=None):
        self.now += self.epoch


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(epoch=10.0)
    monkeypatch.setattr(live, "time", clock)
    return clock


@pytest.fixture
def cell(monkeypatch):
    """The output of a notebook's cell: what was shown there, in its order."""
    shown = []

    class Handle:
        def update(self, image):
            shown.append(("update", image["data"]))

    def display(image, display_id):
        assert display_id is True
        shown.append(("display", image["data"]))
        return Handle()

    module = types.ModuleType("IPython.display")
    module.display = display
    module.Image = dict
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return shown


@pytest.fixture
def windows(monkeypatch):
    """A backend that opens windows: the figures whose window was opened."""
    opened = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", "test")
    monkeypatch.setattr(FigureManagerBase, "show", lambda self: opened.append(self.canvas.figure))
    return opened


def train(*callbacks, epochs=4, **options):
    model = nnlite.Sequential([nnlite.layers.Dense(1, input_shape=(1,))], seed=0)
    model.compile("sgd", "mse")
    data = {"x": [1, 2, 3], "y": [2, 4, 6], "verbose": 0}
    return model.fit(**data, epochs=epochs, callbacks=list(callbacks), **options)


def curves(figure):
    (ax,) = figure.axes
    return {line.get_label(): line.get_ydata().tolist() for line in ax.lines}


def test_a_notebook_shows_one_picture_that_is_updated_every_epoch(cell, clock):
    plot = LivePlot()
    train(clock, plot)
    assert plot.failure is None
    assert [kind for kind, _ in cell] == ["display", "update", "update", "update"]
    assert all(data.startswith(b"\x89PNG") for _, data in cell)
    assert len({data for _, data in cell}) == 4


def test_the_picture_holds_all_epochs_so_far(windows, clock):
    history = train(clock, LivePlot(), validation_data=([4], [8]))
    (figure,) = windows
    assert curves(figure) == {
        "training": history.history["loss"],
        "validation": history.history["val_loss"],
    }


def test_a_notebook_knows_of_no_pyplot_figure(cell, clock):
    train(clock, LivePlot())
    assert plt.get_fignums() == []


def test_a_window_is_opened_once_and_stays(windows, clock):
    train(clock, LivePlot())
    assert len(windows) == 1
    assert plt.get_fignums() == [windows[0].number]


def test_metrics_and_scale_may_be_chosen(windows, clock):
    train(clock, LivePlot("loss", log=True))
    (ax,) = windows[0].axes
    assert (ax.get_ylabel(), ax.get_yscale()) == ("loss", "log")


def test_a_window_that_the_user_closes_stays_closed(windows, clock):
    class Close(nnlite.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            plt.close("all")

    plot = LivePlot()
    train(clock, plot, Close())
    assert (len(windows), plot.redraws, plot.failure) == (1, 1, None)


def test_epochs_that_come_too_fast_are_drawn_together_at_the_end(cell, clock):
    clock.epoch = 0.001
    plot = LivePlot()
    train(clock, plot, epochs=50)
    assert plot.redraws == 1
    assert len(cell) == 1
    assert len(plot.record.epoch) == 50


def test_at_most_four_pictures_a_second_are_drawn(cell, clock):
    clock.epoch = 1 / 64
    plot = LivePlot()
    train(clock, plot, epochs=64)
    assert plot.redraws == 4


def test_drawing_takes_at_most_three_hundredths_of_the_time(cell, clock, monkeypatch):
    clock.epoch = 1.0
    show = live.Notebook.show

    def slow_show(self):
        clock.now += 2.0
        show(self)

    monkeypatch.setattr(live.Notebook, "show", slow_show)

    plot = LivePlot(share=0.03)
    train(clock, plot, epochs=200)
    # The first two, one each after 65 seconds, and the last.
    assert plot.redraws == 6


def slow_pictures(clock, monkeypatch, seconds):
    show = live.Notebook.show

    def slow_show(self):
        clock.now += seconds
        show(self)

    monkeypatch.setattr(live.Notebook, "show", slow_show)


@pytest.mark.parametrize(("share", "redraws"), [(0.2, 5), (0.5, 12)])
def test_at_most_a_share_of_the_time_goes_into_drawing(cell, clock, monkeypatch, share, redraws):
    slow_pictures(clock, monkeypatch, 2.0)
    clock.epoch = 1 / 8
    plot = LivePlot(share=share)
    train(clock, plot, epochs=160)
    # After 0.25 and 0.5 seconds of training, then after each 8 or 2, and the last.
    assert plot.redraws == redraws


def test_there_is_at_least_one_picture_a_second(cell, clock, monkeypatch):
    slow_pictures(clock, monkeypatch, 0.125)
    clock.epoch = 1 / 8
    plot = LivePlot()
    train(clock, plot, epochs=80)
    assert plot.redraws >= clock.now > 10


def test_nothing_is_made_anew_for_a_picture(windows, clock):
    made = []

    class Look(nnlite.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            (ax,) = windows[0].axes
            made.append([ax, *ax.lines])

    train(clock, LivePlot(), Look(), epochs=40, validation_data=([4], [8]))
    assert all(artists == made[0] for artists in made)


def test_a_metric_that_comes_later_gets_its_place(windows, clock):
    plot = LivePlot()
    plot.on_train_begin()
    for epoch, logs in enumerate([{"loss": 2.0}, {"loss": 1.0, "accuracy": 0.5}]):
        clock.on_epoch_begin(epoch)
        plot.on_epoch_end(epoch, logs)
    assert plot.failure is None
    assert [panel.get_ylabel() for panel in windows[0].axes[0].child_axes] == ["loss", "accuracy"]


@pytest.mark.parametrize("share", [0, -0.1, 1.5, "much"])
def test_a_share_that_is_none_is_explained(share):
    with pytest.raises((ValueError, TypeError), match="share"):
        LivePlot(share=share)


def test_the_last_epoch_is_not_drawn_twice(cell, clock):
    plot = LivePlot()
    train(clock, plot, epochs=3)
    assert plot.redraws == 3


def test_without_a_screen_nothing_is_drawn_and_nothing_said(clock, capsys):
    plot = LivePlot()
    train(clock, plot)
    assert (plot.redraws, plot.failure) == (0, None)
    assert plt.get_fignums() == []
    assert capsys.readouterr() == ("", "")


def test_without_a_screen_the_users_figures_stay_as_they_are(clock):
    first, _ = plt.figure(), plt.figure()
    plt.figure(first.number)
    train(clock, LivePlot())
    assert plt.gcf() is first
    assert len(plt.get_fignums()) == 2


def test_a_failure_of_the_drawing_does_not_end_the_training(cell, clock, monkeypatch, capsys):
    def broken(self):
        raise OSError("no more ink")

    monkeypatch.setattr(live.Notebook, "show", broken)
    plot = LivePlot()
    history = train(clock, plot, epochs=4)
    assert len(history.history["loss"]) == 4
    assert str(plot.failure) == "no more ink"
    assert capsys.readouterr() == ("", "")


def test_an_unknown_metric_does_not_end_the_training_but_can_be_read_afterwards(cell, clock):
    plot = LivePlot("acuracy")
    assert len(train(clock, plot).history["loss"]) == 4
    assert "'acuracy'" in str(plot.failure)


def test_it_serves_a_second_training_afresh(windows, clock):
    plot = LivePlot()
    train(clock, plot, epochs=3)
    train(clock, plot, epochs=2)
    assert [len(curves(figure)["training"]) for figure in windows if figure.axes] == [3, 2]


@pytest.mark.bits
def test_the_training_is_the_same_with_it(cell, clock):
    assert train(clock, LivePlot()).history == train().history


def test_nnlite_loads_no_matplotlib_until_it_draws():
    code = (
        "import sys, nnlite; nnlite.callbacks.LivePlot(); "
        "print('matplotlib' in sys.modules, 'IPython' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.split() == ["False", "False"], result.stderr


def test_the_words_of_the_picture_are_inside_it(windows, clock):
    history = {name: np.linspace(0.1, 0.9, 5) for name in ("loss", "accuracy", "val_loss")}
    plot = LivePlot()
    plot.on_train_begin()
    for epoch in range(5):
        clock.on_epoch_begin(epoch)
        plot.on_epoch_end(epoch, {name: values[epoch] for name, values in history.items()})
    (figure,) = windows
    box = figure.axes[0].get_tightbbox()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
    assert 0 <= box.y0 < box.y1 <= figure.bbox.y1
