"""What the user gave becomes arrays: finite numbers, truth that fits its loss, and batches."""
