from pulso_kit.server import serve

from pulso_ingest.app import build_app
from pulso_ingest.settings import IngestSettings

if __name__ == "__main__":
    serve("ingest", IngestSettings, build_app)
