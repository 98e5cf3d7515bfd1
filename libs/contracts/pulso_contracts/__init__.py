"""What Pulso's services say to each other and to clients: events, HTTP schemas, Peru's departments."""
