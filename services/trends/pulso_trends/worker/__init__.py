"""The indexer: from the stream of scored feedback into the store."""
