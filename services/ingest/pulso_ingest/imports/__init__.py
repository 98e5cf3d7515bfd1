"""Files of feedback as jobs: spooled to disk, read row by row, resumed after a crash."""
