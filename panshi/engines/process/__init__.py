"""The process engine: BPMN 2.0 in, running state as text. Nothing outside this room knows which engine it is.

How to use it:
- `read_drawing` checks a file (`names` a condition may use and `actions` that exist, if given), `compile_drawing` makes
  the text stored once a version, `Run.start` and `Run.load` make a run, `run.save` its state. Keep the state as text.
- `complete` and `fire` only mark a place as done; call `advance` after them, and after `start` and `send_back`. It
  answers what has changed since the last advance (`Step.entered`, `.left`, `.passed`), also across save and load.
- Values are one flat set for a run: `start`, `advance` and `complete` add to it, conditions ask about it.
- After any refusal load the state again: the object may be half changed.
- The caller keeps the clock (`fire`), performs the actions of service tasks (`complete`) and counts the votes of a
  countersigned task, which is one task here; its rule is read into the settings `sign` and `percent`.
- Step tables: an approve step draws a gateway behind it, so complete it with `outcome` = "approved" | "rejected"; its
  user task carries `reject` = "route" unless the row says `reject` = "end" or "return" (then there is no gateway).
  End events carry the setting `outcome`. Deadlines of steps are settings (`days`, `overdue`), not boundary events.
  An inform step is a service task with the action "inform"; its role is its lane's.
- Refusals carry codes; `PROBLEM_CODES`, `ADVANCE_CODES` … hold every one, so that their words can be tested.
"""

from .codes import ADVANCE_CODES, COMPLETE_CODES, PROBLEM_CODES, SEND_BACK_CODES, STATE_CODES
from .compiled import compile_drawing
from .reading import read_drawing
from .run import Run
from .step_drawing import draw_steps
from .steps import APPROVED, OUTCOME, REJECTED, OnOverdue, SignRule, StepKind, StepTable, TableStep, Words
from .types import (
    NAMESPACE,
    BadDrawing,
    BadState,
    CannotAdvance,
    CannotComplete,
    CannotSendBack,
    Drawing,
    Duration,
    Flow,
    Lane,
    Node,
    NodeKind,
    NodeState,
    Plain,
    Problem,
    ProcessRefusal,
    Step,
    Waiting,
    WaitingKind,
)

__all__ = [
    "ADVANCE_CODES",
    "APPROVED",
    "COMPLETE_CODES",
    "NAMESPACE",
    "OUTCOME",
    "PROBLEM_CODES",
    "REJECTED",
    "SEND_BACK_CODES",
    "STATE_CODES",
    "BadDrawing",
    "BadState",
    "CannotAdvance",
    "CannotComplete",
    "CannotSendBack",
    "Drawing",
    "Duration",
    "Flow",
    "Lane",
    "Node",
    "NodeKind",
    "NodeState",
    "OnOverdue",
    "Plain",
    "Problem",
    "ProcessRefusal",
    "Run",
    "SignRule",
    "Step",
    "StepKind",
    "StepTable",
    "TableStep",
    "Waiting",
    "WaitingKind",
    "Words",
    "compile_drawing",
    "draw_steps",
    "read_drawing",
]
