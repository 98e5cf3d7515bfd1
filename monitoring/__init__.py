"""Monitoring: rules for Prometheus, dashboards for Grafana, and what makes and tests them."""
