"""Publishing a draft after a last look at it; throwing it away; taking a coming version back."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.rules import services
from panshi.ground.rules.content import load_content, read_contract
from panshi.ground.rules.reports import checked, difference, versions_of
from panshi.ground.rules.words import POLICIES
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.rules.forms import PublishForm
from panshi.web.rules.views.finding import managed, shown


@page
def publish(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say from when and why; beside it what changes, how the test cases went, what is forbidden."""
    table = managed(request, pk)
    if not table.draft:
        return saved(request, reverse("rules:detail", args=[pk]), _("没有可发布的草稿。"))
    form = PublishForm(request.POST or None, initial={"from_on": request.on}, version=table.version)
    if form.sent():
        with form.refusals():
            version = services.publish_table(
                table_id=pk,
                expected_version=form.expected_version,
                from_on=form.day,
                note=form.values()["note"],
                by=request.viewer,
                at=request.at,
            )
            done = _("已发布第 {number} 版，{day} 起生效。").format(
                number=version.number, day=version.from_on.isoformat()
            )
            return saved(request, reverse("rules:detail", args=[pk]), done)
    content = load_content(table.draft)
    before = next((one for one in versions_of(table, viewer=request.viewer) if not one.is_withdrawn), None)
    around = FormPage(
        title=_("发布 {name}").format(name=table.name),
        verb=_("发布"),
        cancel_url=reverse("rules:edit", args=[pk]),
        whole=("note",),
    )
    return form_page(
        request,
        form,
        around,
        template="rules/publish.html",
        one=table,
        checked=checked(content, read_contract(table.contract)),
        shown=shown(content.table),
        against=before,
        policies=POLICIES,
        changes=difference(load_content(before.content).table, content.table) if before else None,
    )


@page
def discard(request: PanshiRequest, pk: int) -> HttpResponse:
    """Throw the draft away after asking."""
    table = managed(request, pk)
    question = Question(
        title=_("放弃 {name} 的草稿").format(name=table.name),
        facts=(_("草稿里的修改会丢失，不能恢复。"), _("已发布的各版不受影响。")),
        verb=_("放弃草稿"),
        cancel_url=reverse("rules:detail", args=[pk]),
    )
    if not agreed(request, question):
        return ask(request, question)
    services.discard_draft(table_id=pk, expected_version=table.version, by=request.viewer, at=request.at)
    return saved(request, reverse("rules:detail", args=[pk]), _("已放弃草稿。"))


@page
def withdraw(request: PanshiRequest, pk: int, number: int) -> HttpResponse:
    """Take back a version whose day has not come, after asking."""
    table = managed(request, pk)
    version = next((one for one in versions_of(table, viewer=request.viewer) if one.number == number), None)
    if version is None:
        raise Http404
    question = Question(
        title=_("撤回 {name} 第 {number} 版").format(name=table.name, number=number),
        facts=(
            _("这一版原定 {day} 生效，撤回后不会生效。").format(day=version.from_on.isoformat()),
            _("在它之前的版本继续有效。"),
        ),
        verb=_("撤回"),
        cancel_url=reverse("rules:version", args=[pk, number]),
    )
    if not agreed(request, question):
        return ask(request, question)
    services.withdraw_version(table_id=pk, number=number, by=request.viewer, at=request.at)
    return saved(
        request, reverse("rules:detail", args=[pk]), _("已撤回第 {number} 版。").format(number=number)
    )
