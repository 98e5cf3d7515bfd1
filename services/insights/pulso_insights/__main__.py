"""`python -m pulso_insights`."""

from pulso_kit.server import serve

from pulso_insights.app import build_app
from pulso_insights.settings import InsightsSettings

if __name__ == "__main__":
    serve("insights", InsightsSettings, build_app)
