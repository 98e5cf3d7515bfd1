"""The encoder that fine-tuning starts from: fetched, converted from 4-bit blocks and trimmed to our languages."""
