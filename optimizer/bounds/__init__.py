"""Certified lower bounds: what no valid plan can beat, and the proof of it.

`bound.Bounder` improves the bound step by step from a good plan; `certificate.Certificate` is the proof, as
docs/certificate.md describes it. Nothing is imported here, since compiled kernels take a second to load.
"""
