"""Every form given as an argument must pass the reference converter of XLSForm.

A form passes when pyxform turns it into an XForm without an error or a warning, and, where Java is
there, when ODK Validate (it comes with pyxform) reads every rule of that XForm.
"""

import shutil
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from pyxform.xls2xform import convert

JAVA = shutil.which("java") is not None


def faults(path: Path) -> list[str]:
    """What is wrong with one form."""
    try:
        result = convert(xlsform=str(path), validate=JAVA, warnings=[])
    except Exception as fault:  # whatever it is, the form did not pass
        return [f"{type(fault).__name__}: {fault}"]
    found = [f"warning: {warning}" for warning in result.warnings]
    tree = ElementTree.fromstring(result.xform.encode())
    asked = tree.findall(".//{http://www.w3.org/2002/xforms}bind")
    if len(asked) < 3:
        found.append(f"only {len(asked)} questions came out")
    return found


def main() -> int:
    """Says what is wrong with each form; 1 when anything is."""
    paths = sorted(Path(name) for name in sys.argv[1:])
    if not paths:
        print("no forms were given")
        return 1
    bad = 0
    for path in paths:
        found = faults(path)
        bad += bool(found)
        for fault in found:
            print(f"{path.name}: {fault}")
    validated = "read by ODK Validate too" if JAVA else "Java is not here: not read by ODK Validate"
    print(f"pyxform: {len(paths) - bad} of {len(paths)} forms pass; {validated}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
