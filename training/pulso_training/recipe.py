"""What a run learns from and how: TOML files, so that a recipe is kept, compared and repeated."""

import hashlib
import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pulso_training.errors import InputError

_BARE = re.compile(r"[A-Za-z0-9_-]+")
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]


class RecipeError(InputError):
    """A recipe that cannot be followed, in one sentence."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(_Part):
    """Which rows are seen: up to so many per class and file, some files several times an epoch."""

    files: tuple[str, ...] = ()
    """Names without ending; empty means all that are given."""
    per_class: dict[str, int] = {}
    per_class_default: int = Field(default=1_000_000, ge=1)
    repeats: dict[str, int] = {}


class Parameters(_Part):
    """How a run learns; lengths in tokens, warm-up as a share of the steps."""

    epochs: int = Field(default=3, ge=1)
    patience: int = Field(default=1, ge=1)
    """Epochs without a better development score after which the run ends."""
    batch: int = Field(default=32, ge=1)
    max_tokens: int = Field(default=80, ge=8, le=512)
    layers: int | None = Field(default=None, ge=1)
    """Layers of the network that is trained; None keeps those of the start."""
    encoder_rate: Rate = 1e-4
    head_rate: Rate = 1e-3
    warmup: Share = 0.08
    weight_decay: float = Field(default=0.01, ge=0)
    label_smoothing: Share = 0.05
    class_weight_power: Share = 0.5
    """0 leaves classes as they are, 1 weights each by the inverse of its share."""
    emotion_weight: float = Field(default=0.5, ge=0)
    augmented: Share = 0.2
    """Share of the texts that are disturbed, anew each epoch."""
    label_share: Share = 0.4
    """With a teacher: how much of a target is the label; the rest is the teacher's answer."""
    seed: int = 20261121


class Recipe(_Part):
    """One TOML file."""

    about: str
    note: str = ""
    """What the card must say of the data's licences and of what this recipe was chosen over."""
    rows: Rows = Rows()
    parameters: Parameters = Parameters()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what the recipe says, however the file is laid out."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def as_toml(self) -> str:
        """Return the recipe as `read_recipe` reads it; keys that are None are left out."""
        content = self.model_dump(mode="json", exclude_none=True)
        rows, parameters = content["rows"], content["parameters"]
        tables = {
            "rows": {key: value for key, value in rows.items() if not isinstance(value, dict)},
            "rows.per_class": rows["per_class"],
            "rows.repeats": rows["repeats"],
            "parameters": parameters,
        }
        lines = [f"{key} = {_toml(content[key])}" for key in ("about", "note")]
        for name, table in tables.items():
            lines += ["", f"[{name}]", *(f"{_key(key)} = {_toml(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"


def read_recipe(name: str) -> Recipe:
    """Read a recipe of the project by name, or any TOML file by path.

    Raises:
        RecipeError: when it is absent, is no TOML, or has an unknown key or value.
    """
    own = resources.files("pulso_training").joinpath("recipes", f"{name}.toml")
    try:
        content = own.read_text("utf-8") if own.is_file() else Path(name).read_text("utf-8")
        return Recipe.model_validate(tomllib.loads(content))
    except OSError:
        raise RecipeError(f"there is no recipe {name}") from None
    except UnicodeDecodeError as error:
        raise RecipeError(f"the recipe {name} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"the recipe {name} is not TOML: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, found['loc']))}: {found['msg'].lower()}" for found in error.errors()
        )
        raise RecipeError(f"the recipe {name} cannot be followed: {wrong}") from error


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)


def _toml(value: object) -> str:
    """Write a string, number or list: where JSON has them, TOML has them alike."""
    return json.dumps(value, ensure_ascii=False)
