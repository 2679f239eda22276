"""Models that were trained elsewhere, as candidates: read apart, checked, converted, and listed.

Comes in: a file of XGBoost or an ONNX graph, and what of a detector it is to be. Goes out: an artifact with
a graph as ours are, and a document that lists what was imported. Never: a pickle opened, or a hostile file
read in this process.
"""
