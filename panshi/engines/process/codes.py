"""Every code this room refuses with, so that whoever words them can be tested to know all."""

from __future__ import annotations

from typing import Final

PROBLEM_CODES: Final = frozenset(
    {
        *("file.too_large", "file.too_deep", "file.unsafe", "file.not_xml", "file.not_bpmn"),
        *("file.too_many_nodes", "file.too_many_flows", "process.missing", "process.several"),
        *(
            "id.missing",
            "id.duplicate",
            "id.too_long",
            "unsupported",
            "event_unsupported",
            "event_subprocess",
        ),
        *("loop_mark", "subprocess.too_deep", "start.missing", "start.several", "end.missing"),
        *("node.no_way_on", "node.several_ways_on", "node.unreachable", "node.no_end", "circle"),
        *("flow.unknown_end", "flow.crosses_subprocess", "flow.from_end", "flow.into_start"),
        *("flow.into_deadline", "flow.condition_misplaced", "flow.no_condition", "default.unknown"),
        *("gateway.no_conditions", "gateway.no_default", "gateway.waits_for_ever"),
        *("condition.language", "condition.empty", "condition.unknown_name", "condition.bad"),
        *("action.missing", "action.unknown", "lane.no_role", "task.no_role"),
        *("timer.only_duration", "timer.no_duration", "timer.bad_duration"),
        *("deadline.unknown_host", "deadline.wrong_host"),
        *("countersign.not_user", "countersign.condition", "countersign.rule", "countersign.percent"),
    }
)
"""Codes of `Problem` in a refused drawing."""

ADVANCE_CODES: Final = frozenset(
    {"no_way", "condition", "circle", "stuck", "too_many", "engine", "script", "service"}
)
"""Codes of `CannotAdvance`."""

COMPLETE_CODES: Final = frozenset({"not_waiting", "other_kind", "ended"})
"""Codes of `CannotComplete`."""

SEND_BACK_CODES: Final = frozenset({"ended", "unknown_node", "not_a_user_task", "never_done", "parallel"})
"""Codes of `CannotSendBack`."""

STATE_CODES: Final = frozenset({"format", "definition", "state", "other_definition"})
"""Codes of `BadState`."""
