"""Stars: counted beside the texts that came with them, told over time, set against the talk before them."""
