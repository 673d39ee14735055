"""Files of the Open Neural Network Exchange: networks that go on elsewhere, and come from there."""
