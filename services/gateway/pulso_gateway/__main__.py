"""`python -m pulso_gateway`."""

from pulso_kit.server import serve

from pulso_gateway.app import build_app
from pulso_gateway.settings import GatewaySettings

if __name__ == "__main__":
    serve("gateway", GatewaySettings, build_app)
