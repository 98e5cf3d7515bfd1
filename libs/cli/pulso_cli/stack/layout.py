"""Where the stack keeps its things under the data directory."""

from dataclasses import dataclass
from pathlib import Path

from pulso_cli.failures import CommandFailed, ExitCode


@dataclass(frozen=True)
class Layout:
    """The paths of one stack; all that it knows is below `root`."""

    root: Path

    @classmethod
    def at(cls, data_dir: Path) -> "Layout":
        """The layout below `data_dir`, whatever the working directory becomes later."""
        return cls(data_dir.expanduser().absolute())

    @property
    def api_key(self) -> Path:
        """The admin key of the running stack, fresh at each start."""
        return self.root / "api-key"

    @property
    def credentials(self) -> Path:
        """What must stay the same between starts, such as the key of the customer hashes."""
        return self.root / "secrets.json"

    @property
    def state(self) -> Path:
        """Addresses and process ids of the running stack."""
        return self.root / "stack.json"

    @property
    def scrape_targets(self) -> Path:
        """Where the metrics of the running stack are, as Prometheus reads it (`file_sd_configs`)."""
        return self.root / "prometheus-targets.json"

    @property
    def lock(self) -> Path:
        """Held by the process of `pulso up` as long as it lives."""
        return self.root / "stack.lock"

    @property
    def sample_marker(self) -> Path:
        """Tells that the sample feed has been imported."""
        return self.root / "sample.json"

    def logs(self, name: str) -> Path:
        """The log file of one process."""
        return self.root / "logs" / f"{name}.log"

    def home(self, service: str) -> Path:
        """The directory of one process."""
        return self.root / service

    def prepare(self, processes: list[str]) -> None:
        """Makes the directories, readable by their owner only: they hold customers' words.

        Raises:
            CommandFailed: The directory cannot be made or written.
        """
        try:
            for directory in (self.root, self.root / "logs", *map(self.home, processes)):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CommandFailed(
                f"{self.root} cannot be used as data directory: {error.strerror}.", ExitCode.USAGE
            ) from error
