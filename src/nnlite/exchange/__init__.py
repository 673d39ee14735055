"""Networks that go on elsewhere, and come from there: files of the Open Neural Network Exchange."""
