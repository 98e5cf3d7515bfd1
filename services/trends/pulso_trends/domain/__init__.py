"""What feedback over time means: Peru's days, roll-up cells, search words, cursors. No I/O."""
