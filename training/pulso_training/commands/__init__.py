"""The commands of `pulso-train`, one a file; heavy imports wait until a command runs."""
