"""The solutions, and for each exercise usual mistakes with a piece of the hint that each gets."""

from solutions import images, layers, neurons, training

THEMES = (neurons, layers, training, images)
RIGHT = {number: answer for theme in THEMES for number, answer in theme.RIGHT.items()}
WRONG = {number: planted for theme in THEMES for number, planted in theme.WRONG.items()}
