"""What Pulso's services say to each other and to clients: events, HTTP schemas, stream names, Peru's departments."""
