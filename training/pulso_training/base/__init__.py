"""The encoder that fine-tuning starts from: fetched, converted from 4-bit, trimmed to our languages."""
