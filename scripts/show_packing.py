"""Show which bytes `struct.pack` makes of which value, and where it pads.

    python3 scripts/show_packing.py i10sif 1 lily 16 170.1      both with padding (@) and for the network (!)
    python3 scripts/show_packing.py '<Hf' 7 1.5                 in the byte order named

Byte orders: @ this machine's, padded as C does; = this machine's; < little end first; > or ! big end first (network).
"""
from __future__ import annotations

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import packing


def conclude(format: str, named: bool) -> None:
    """Say what was to be seen."""
    if named:
        _prelude.conclude("You saw: {!r} takes {} bytes.", format, struct.calcsize(format))
        return
    here, network = struct.calcsize("@" + format), struct.calcsize("!" + format)
    if here > network:
        _prelude.conclude("You saw: this machine's layout (@) takes {} bytes with its padding, the network's (!) "
                          "{}: both sides must use the same.", here, network)
    else:
        _prelude.conclude("You saw: {} bytes in both layouts, as there is nothing to pad; the order of the bytes "
                          "may differ.", here)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("format", metavar="FORMAT", help="as in the struct module: i int, f float, 10s bytes, ...")
    options.add_argument("values", metavar="VALUE", nargs="*", help="one for each code; text becomes UTF-8")
    chosen = options.parse_args(argv)
    named = chosen.format[:1] in packing.fields.BYTE_ORDERS
    for format in [chosen.format] if named else ["@" + chosen.format, "!" + chosen.format]:
        values = packing.view.values_from_text(format, chosen.values)
        print(packing.explain_format(format, *values, say=_prelude.say))
    print()
    conclude(chosen.format, named)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
