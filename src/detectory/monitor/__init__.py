"""What is watched once a version answers: numbers in, a decision with its reason out. No store, no clock.

`betting` is the test, `evidence` what was counted, `guards` what a challenger may not do, `policy` the
decision.
"""
