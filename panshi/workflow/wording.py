"""Words for what the process engine refuses: it gives codes, people read sentences that name the element."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.engines.process import Drawing, Problem, ProcessRefusal
from panshi.ground.rules.words import sentence


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One thing wrong with a definition: the element (id and name, empty for the whole) and a sentence.

    `field` names the column of the step table or the property of the form field it speaks of, where that is known.
    """

    element: str
    name: str
    message: str
    field: str = ""

    def __str__(self) -> str:
        where = self.name or self.element
        return (
            _("“%(where)s”：%(message)s") % {"where": where, "message": self.message}
            if where
            else self.message
        )


DRAWING: Final[Mapping[str, Promise]] = {
    "action.missing": gettext_lazy("服务任务没有写要执行的操作。"),
    "action.unknown": gettext_lazy("没有名为“%(action)s”的操作。"),
    "circle": gettext_lazy("这里形成了没有人参与的死循环。"),
    "condition.empty": gettext_lazy("条件是空的。"),
    "condition.language": gettext_lazy("不支持条件语言 %(language)s。"),
    "condition.unknown_name": gettext_lazy("条件中的“%(name)s”既不是表单字段，也不是申请对象提供的数据。"),
    "countersign.condition": gettext_lazy("看不懂会签的完成条件。"),
    "countersign.not_user": gettext_lazy("只有人工任务可以会签。"),
    "countersign.percent": gettext_lazy("会签比例应为 1 到 100 的整数。"),
    "countersign.rule": gettext_lazy("没有这种会签规则。"),
    "deadline.unknown_host": gettext_lazy("期限没有附在任何任务上。"),
    "deadline.wrong_host": gettext_lazy("期限只能附在人工任务或子流程上。"),
    "default.unknown": gettext_lazy("默认路线 %(flow)s 不存在。"),
    "end.missing": gettext_lazy("没有结束节点。"),
    "event_subprocess": gettext_lazy("不支持事件子流程。"),
    "event_unsupported": gettext_lazy("不支持这种事件：%(kind)s。"),
    "file.not_bpmn": gettext_lazy("这不是 BPMN 2.0 文件。"),
    "file.not_xml": gettext_lazy("文件不是完整的 XML。"),
    "file.too_deep": gettext_lazy("文件的嵌套太深。"),
    "file.too_large": gettext_lazy("文件太大。"),
    "file.too_many_nodes": gettext_lazy("节点太多，最多 %(most)s 个。"),
    "file.too_many_flows": gettext_lazy("连线太多，最多 %(most)s 条。"),
    "file.unsafe": gettext_lazy("文件含有不安全的 XML 内容。"),
    "flow.condition_misplaced": gettext_lazy("条件只能写在网关之后的连线上。"),
    "flow.crosses_subprocess": gettext_lazy("连线不能穿过子流程的边界。"),
    "flow.from_end": gettext_lazy("结束节点之后不能再有连线。"),
    "flow.into_deadline": gettext_lazy("连线不能指向期限。"),
    "flow.into_start": gettext_lazy("连线不能指向开始节点。"),
    "flow.no_condition": gettext_lazy("这条连线缺少条件。"),
    "flow.unknown_end": gettext_lazy("连线的一端不存在。"),
    "gateway.no_conditions": gettext_lazy("网关之后没有任何条件。"),
    "gateway.no_default": gettext_lazy("网关没有默认路线：条件都不成立时流程会停住。"),
    "gateway.waits_for_ever": gettext_lazy("这里会一直等一条走不到的分支，流程会停住。"),
    "id.duplicate": gettext_lazy("代码 %(id)s 重复。"),
    "id.missing": gettext_lazy("%(kind)s没有代码。"),
    "id.too_long": gettext_lazy("代码太长，最多 %(most)s 个字符。"),
    "lane.no_role": gettext_lazy("泳道没有写由什么角色处理。"),
    "loop_mark": gettext_lazy("不支持循环标记。"),
    "node.no_end": gettext_lazy("从这里走不到结束节点。"),
    "node.no_way_on": gettext_lazy("之后没有连线。"),
    "node.several_ways_on": gettext_lazy("之后有多条连线，请用网关分开。"),
    "node.unreachable": gettext_lazy("从开始节点走不到这里。"),
    "process.missing": gettext_lazy("文件里没有流程。"),
    "process.several": gettext_lazy("文件里有多个流程，只能有一个。"),
    "start.missing": gettext_lazy("没有开始节点。"),
    "start.several": gettext_lazy("有多个开始节点。"),
    "subprocess.too_deep": gettext_lazy("子流程嵌套太深，最多 %(most)s 层。"),
    "task.no_role": gettext_lazy("没有写由谁处理。"),
    "timer.bad_duration": gettext_lazy("看不懂等待的时间。"),
    "timer.no_duration": gettext_lazy("没有写等待多久。"),
    "timer.only_duration": gettext_lazy("只支持等待一段时间，不支持定点或循环。"),
    "unsupported": gettext_lazy("不支持这种元素：%(kind)s。"),
}

KINDS: Final[Mapping[str, Promise]] = {
    "process": gettext_lazy("流程"),
    "lane": gettext_lazy("泳道"),
    "sequenceFlow": gettext_lazy("连线"),
    "startEvent": gettext_lazy("开始节点"),
    "endEvent": gettext_lazy("结束节点"),
    "userTask": gettext_lazy("人工任务"),
    "serviceTask": gettext_lazy("服务任务"),
    "exclusiveGateway": gettext_lazy("分支网关"),
    "parallelGateway": gettext_lazy("并行网关"),
    "inclusiveGateway": gettext_lazy("多选网关"),
    "subProcess": gettext_lazy("子流程"),
    "task": gettext_lazy("没有类型的任务，请改为人工任务或服务任务"),
    "manualTask": gettext_lazy("手工任务，请改为人工任务"),
    "scriptTask": gettext_lazy("脚本任务，图中不能运行程序；请改为服务任务并选择已有的操作"),
    "businessRuleTask": gettext_lazy("规则任务，请改为网关，用条件或决策表判断"),
    "sendTask": gettext_lazy("发送任务，请改为抄送步骤"),
    "receiveTask": gettext_lazy("接收任务"),
    "callActivity": gettext_lazy("调用活动，请改为子流程"),
    "transaction": gettext_lazy("事务子流程"),
    "adHocSubProcess": gettext_lazy("临时子流程"),
    "eventBasedGateway": gettext_lazy("事件网关"),
    "complexGateway": gettext_lazy("复杂网关"),
    "intermediateCatchEvent": gettext_lazy("中间事件"),
    "intermediateThrowEvent": gettext_lazy("中间抛出事件"),
    "boundaryEvent": gettext_lazy("边界事件"),
    "messageEventDefinition": gettext_lazy("消息事件"),
    "signalEventDefinition": gettext_lazy("信号事件"),
    "errorEventDefinition": gettext_lazy("错误事件"),
    "escalationEventDefinition": gettext_lazy("升级事件"),
    "conditionalEventDefinition": gettext_lazy("条件事件"),
    "compensateEventDefinition": gettext_lazy("补偿事件"),
    "cancelEventDefinition": gettext_lazy("取消事件"),
    "linkEventDefinition": gettext_lazy("链接事件"),
    "timerEventDefinition": gettext_lazy("定时事件"),
    "terminateEventDefinition": gettext_lazy("终止事件"),
    "": gettext_lazy("没有内容的事件"),
}
"""What elements of BPMN are called, and what to draw instead of those that are not run."""

RUNNING: Final[Mapping[str, Promise]] = {
    "no_way": gettext_lazy("没有一条路线的条件成立"),
    "stuck": gettext_lazy("没有任何节点可以继续"),
    "circle": gettext_lazy("流程在原地循环"),
    "too_many": gettext_lazy("同时进行的节点太多"),
    "condition": gettext_lazy("条件无法计算"),
    "engine": gettext_lazy("流程引擎无法继续"),
    "script": gettext_lazy("流程含有不允许的脚本"),
    "service": gettext_lazy("自动步骤无法执行"),
    "not_waiting": gettext_lazy("这一步已经不在等待处理"),
    "other_kind": gettext_lazy("这一步不能这样完成"),
    "ended": gettext_lazy("流程已经结束"),
    "unknown_node": gettext_lazy("流程中没有这个步骤"),
    "not_a_user_task": gettext_lazy("只能退回到由人处理的步骤"),
    "never_done": gettext_lazy("这个步骤还没有处理过"),
    "parallel": gettext_lazy("不能退到或退出并行分支中的一支"),
    "format": gettext_lazy("保存的运行状态格式不对"),
    "definition": gettext_lazy("保存的流程定义已损坏"),
    "state": gettext_lazy("保存的运行状态已损坏"),
    "other_definition": gettext_lazy("运行状态属于另一个流程版本"),
}
"""Reasons why a run stops or refuses, as parts of a sentence."""

COLUMNS: Final[Mapping[str, str]] = {
    "condition": "condition",
    "countersign": "sign",
    "countersign.percent": "percent",
    "task": "who",
    "lane": "who",
    "action": "action",
    "timer": "days",
}
"""The column of a step table a problem's code speaks of: by the code, or by what stands before its dot."""


def column_of(problem: Problem) -> str:
    """The column of the step table a problem speaks of, empty when it speaks of none."""
    return COLUMNS.get(problem.code) or COLUMNS.get(problem.code.partition(".")[0], "")


def drawing_words(problem: Problem) -> str:
    """What is wrong with a drawing, as a sentence."""
    if problem.code == "condition.bad":
        return _("条件有误：%(reason)s") % {"reason": _expression(problem.params)}
    if "line" in problem.params:
        return _("文件不是完整的 XML：第 %(line)s 行第 %(column)s 个字符起读不下去。") % problem.params
    words = DRAWING.get(problem.code)
    if words is None:
        return _("不能这样画（%(code)s）。") % {"code": problem.code}
    kind = problem.params.get("kind", "")
    return str(words) % _filled({**problem.params, "kind": _kind(kind)})


def _kind(kind: str) -> str:
    """An element of BPMN by its name, with the tag beside it for whoever opens the file."""
    if kind not in KINDS:
        return kind
    return f"{KINDS[kind]} ({kind})" if kind else str(KINDS[kind])


def _expression(params: Mapping[str, str]) -> str:
    return sentence(params.get("reason", ""), dict(params))


class _Blank(dict[str, str]):
    """Parameters of a sentence; what a code did not bring is left out of it."""

    def __missing__(self, key: str) -> str:
        return ""


def _filled(params: Mapping[str, str]) -> _Blank:
    return _Blank(params)


def engine_words(refusal: ProcessRefusal, drawing: Drawing | None = None) -> str:
    """Why a run cannot go on; elements by their names where the drawing is at hand."""
    reason = RUNNING.get(refusal.code)
    node = refusal.params.get("node", "")
    condition = refusal.params.get("condition", "")
    if drawing is not None:
        node = _named(drawing, node, condition)
    if condition:
        node = f"{node}: {condition}" if node else condition
    return _("流程无法继续：%(reason)s%(node)s。") % {
        "reason": str(reason) if reason else str(refusal),
        "node": _("（%(node)s）") % {"node": node} if node else "",
    }


def _named(drawing: Drawing, node_id: str, condition: str) -> str:
    """What people call an element: of a gateway the step its condition leads to, as step tables draw them."""
    names = {node.id: node.name for node in drawing.nodes}
    for flow in drawing.flows:
        if condition and flow.source == node_id and flow.condition == condition and names.get(flow.target):
            return names[flow.target]
    return names.get(node_id) or node_id
