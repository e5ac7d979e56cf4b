"""skaffold.yaml as Skaffold sees it with a profile: the profile's sections over its own, then the patches."""

import copy
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[3]
FILE: Final = ROOT / "skaffold.yaml"
NAMES: Final = ("", "dev", "loadtest", "external")


def configuration(profile: str = "") -> dict[str, Any]:
    """The whole configuration; a patch whose place does not exist raises KeyError or IndexError."""
    whole: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    profiles = {one["name"]: one for one in whole["profiles"]}
    assert set(profiles) == set(NAMES) - {""}
    if profile:
        chosen = profiles[profile]
        for section in ("build", "manifests", "deploy"):
            whole[section] = _laid_over(whole.get(section, {}), chosen.get(section, {}))
        for patch in chosen.get("patches", []):
            _apply(whole, patch)
    return whole


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    return {**below, **above}


def _apply(whole: dict[str, Any], patch: dict[str, Any]) -> None:
    *way, last = patch["path"].strip("/").split("/")
    place: Any = whole
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    value = copy.deepcopy(patch["value"])
    if isinstance(place, list) and last == "-":
        place.append(value)
        return
    key = int(last) if isinstance(place, list) else last
    if patch["op"] == "replace":
        assert place[key] is not None
    place[key] = value
