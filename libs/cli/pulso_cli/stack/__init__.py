"""The one-machine stack: Valkey and the five services as processes of one supervisor."""
