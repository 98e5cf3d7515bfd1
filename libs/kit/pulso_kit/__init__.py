"""What each Pulso service is built from."""
