"""The charts by which Pulso runs on Kubernetes, with what checks them."""
