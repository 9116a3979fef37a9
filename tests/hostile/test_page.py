"""docs/security.md names tests that exist, and each of its rows names one."""

import re


def test_every_proof_is_there(root):
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|") and "`" in line]
    assert len(rows) > 20
    known = {path.name for path in (root / "tests").rglob("*.py")}
    for row in rows:
        proofs = re.findall(r"`((?:tests/)?[\w/]*test_\w+\.py)`", row)
        assert proofs, row
        for proof in proofs:
            found = (root / proof).is_file() if "/" in proof else proof in known
            assert found, proof
