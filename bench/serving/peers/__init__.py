"""What people use otherwise to classify texts, on the same encoder weights as the sentiment service."""
