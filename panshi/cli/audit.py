"""`panshi audit`: verifies the chain of events, prints its head, seals what waits."""

import argparse
from pathlib import Path

from panshi.cli import house
from panshi.cli.house import Fault


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = parser.add_subparsers(dest="act", metavar="verify|head", required=True)
    verify = acts.add_parser(
        "verify", help="check every event; names what was changed, removed, reordered, cut off"
    )
    verify.add_argument(
        "--head", type=Path, metavar="FILE", help="also check against exported heads (heads.jsonl)"
    )
    acts.add_parser("head", help="seal what waits and print the head of the chain, to be kept elsewhere")


def run(arguments: argparse.Namespace) -> int:
    """Verify or print."""
    house.enter()
    from django.conf import settings

    if not settings.SECRETS_ARE_SET:
        raise Fault("PANSHI_AUDIT_KEY must be set to the key the events were sealed with.")
    return (
        _verify(settings.AUDIT_KEY, arguments.head)
        if arguments.act == "verify"
        else _head(settings.AUDIT_KEY)
    )


def _head(key: str) -> int:
    """Print the head as one line of JSON."""
    from django.utils import timezone

    from panshi.ground.audit.sealing import head_line, seal_pending

    while seal_pending(key, at=timezone.now()):
        pass
    print(head_line(at=timezone.now()))
    return 0


def _verify(key: str, exported: Path | None) -> int:
    """Print what was found; 0 for an undamaged chain, 1 otherwise."""
    from panshi.ground.audit.verifying import read_heads, verify

    try:
        heads = read_heads(exported) if exported else []
    except (KeyError, ValueError) as error:
        raise Fault(f"{exported} is not a file of exported heads.") from error
    result = verify(key, heads)
    for finding in result.findings:
        place = f"seal {finding.seq}" if finding.seq is not None else "no seal"
        event = f", event {finding.event_id}" if finding.event_id is not None else ""
        print(f"DAMAGED  {finding.damage}: {place}{event}")
    print(
        f"{result.sealed} sealed events checked, {result.waiting} waiting for their seal,"
        f" {result.erased} with erased values, {len(result.findings)} damaged."
    )
    return 1 if result.findings else 0
