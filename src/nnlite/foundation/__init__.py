"""What everything stands on: errors, checks of arguments, names, files, random numbers.

Nothing of ours is imported here.
"""
