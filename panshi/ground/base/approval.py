"""What a finished request hands to the decision it was made for: who agreed, to what, by which process."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Approval:
    """The finished request behind a decision. Domains never import `workflow`; this is all they know of it.

    `request_id` and `number` name the request, `process` and `version` the definition it ran on; `deciders` are the
    keys of the people who agreed, in order, each once; `outcome` is the end it reached (`approved` unless the
    definition names its ends otherwise); `applicant_id` asked for it.
    """

    request_id: int
    number: str
    process: str
    version: int
    deciders: tuple[int, ...]
    outcome: str
    at: dt.datetime
    applicant_id: int | None = None
