"""`panshi doctor`: looks the installation over and says of each part whether it is well, and what to do where not."""

import argparse
import json

from panshi.cli import house


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="for programs: a list of findings")


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; 0 when nothing is wrong (warnings are told), 1 otherwise."""
    house.enter()
    from panshi.cli.doctor.looking import State, look_over

    findings = look_over()
    if arguments.json:
        print(json.dumps([finding.told() for finding in findings], ensure_ascii=False, indent=1))
    else:
        width = max(len(finding.part) for finding in findings)
        for finding in findings:
            print(f"{finding.state.value:<7}  {finding.part:<{width}}  {finding.words}")
            if finding.remedy:
                print(f"{'':<7}  {'':<{width}}  -> {finding.remedy}")
        wrong = sum(finding.state is State.ERROR for finding in findings)
        doubts = sum(finding.state is State.WARNING for finding in findings)
        print(f"{len(findings)} parts looked at, {wrong} wrong, {doubts} to look after.")
    return int(any(finding.state is State.ERROR for finding in findings))
