"""Nets: what they are, how they are trained, and how they come back from their graphs.

`net` is a net as named arrays, which answers and is a graph; `deep` puts it over feature tensors, trains it
on and restores it; `descent`, `epochs` and `losses` are the training, and alone import torch. The kinds
``charcnn`` and ``mlp`` say which layers a net begins with.
"""
