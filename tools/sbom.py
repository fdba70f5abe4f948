"""`make sbom`: docs/sbom.json, a CycloneDX document of what the console is made of.

It has neither a time nor a random number: the same lock file makes the same document.
"""

import argparse
import uuid

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6

from tools.keycloak import ROOT
from tools.supply import lock_digest, parts

FILE = ROOT / "docs" / "sbom.json"
NAME = "api-client-console"


def document() -> str:
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, lock_digest()))
    bom.metadata.timestamp = None  # type: ignore[assignment]  # it may be missing
    console = Component(name=NAME, type=ComponentType.APPLICATION, bom_ref=NAME)
    bom.metadata.component = console
    components = [
        Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            purl=part.url,
            bom_ref=str(part.url),
        )
        for part in parts()
    ]
    for component in components:
        bom.components.add(component)
    bom.register_dependency(console, components)
    return f"{JsonV1Dot6(bom).output_as_string(indent=2)}\n"


def main() -> None:
    argparse.ArgumentParser(prog="python -m tools.sbom", description=__doc__)
    FILE.write_text(document())
    print(f"{FILE.relative_to(ROOT)}: {len(parts())} components")


if __name__ == "__main__":
    main()
