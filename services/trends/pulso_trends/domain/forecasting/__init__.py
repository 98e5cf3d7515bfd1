"""What the next days should bring, and which past days were not to be expected.

One model serves volume and score: a level that wanders, effects of weekdays and holidays, and noise whose
size is known for each day (`level`). Its intervals are then stretched to what its own past errors were
(`calibration`).
"""
