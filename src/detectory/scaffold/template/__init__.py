"""The files of a detector made from a table; `detectory.scaffold.write` sets their constants.

They are real files, checked like any other: what a user gets is what is linted and tested here.
"""
