"""What needs doing about one account, in one calm list: each line leads to where it is mended."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, LifecycleProposal
from panshi.domains.accounts.reports import Team, concerns, lifecycle_history
from panshi.domains.accounts.reports.attention import open_notes
from panshi.domains.accounts.reports.balances import BalanceRules, balance_of
from panshi.domains.accounts.reports.frequency import contact_due, target_days
from panshi.domains.accounts.reports.variance import period_label
from panshi.ground.base.models import NEVER
from panshi.web.accounts.meter import Meter
from panshi.web.figures import number, percent
from panshi.web.generic.cells import Tone
from panshi.web.request import PanshiRequest


@dataclass(frozen=True, slots=True)
class Need:
    """One line: what it is about, how urgent, what is wrong, and where to mend it (`drawer`: beside the page)."""

    about: str
    tone: Tone
    words: str
    href: str = ""
    act: str = ""
    drawer: bool = False


def needs(request: PanshiRequest, account: Account, *, meter: Meter, team: Team) -> list[Need]:
    """Everything, the most urgent first. Where the account stands with the pools is told beside it."""
    found = [
        *_variances(request, account),
        *_balance(request, account),
        *_frequency(request, account),
        *_proposal(request, account),
        *_concerns(request, account),
    ]
    if meter.low:
        first = next((item for item in meter.missing if item.href), None)
        words = _("完整度 %(percent)d%%，缺 %(count)d 项") % {
            "percent": meter.percent,
            "count": meter.needed - meter.known,
        }
        found.append(
            Need(
                _("档案"),
                "warn",
                words,
                first.href if first else "",
                _("填写“%(label)s”") % {"label": first.label} if first else "",
                first.drawer if first else False,
            )
        )
    if team.warnings:
        words = _("；").join(str(warning.value) for warning in team.warnings)
        found.append(
            Need(_("团队"), "warn", words, reverse("accounts:detail", args=[account.pk, "group"]), _("查看"))
        )
    order = {"bad": 0, "warn": 1}
    return sorted(found, key=lambda need: order.get(need.tone, 2))


def _variances(request: PanshiRequest, account: Account) -> list[Need]:
    found = []
    for note in open_notes(account, viewer=request.viewer):
        period = period_label(note.span, note.period_on)
        href = reverse("accounts:variance", args=[note.pk])
        if note.corrected_at:
            words = _("%(period)s 的异动说明之后台账又更正过") % {"period": period}
            found.append(Need(_("异动"), "warn", words, href, _("核对")))
            continue
        share = (
            percent(abs(note.share))
            if note.share is not None
            else _("%(amount)s 元") % {"amount": number(abs(note.deviation))}
        )
        said = (
            _("%(period)s 交易比前期平均少 %(share)s，%(due)s 前说明原因")
            if note.deviation < 0
            else _("%(period)s 交易比前期平均多 %(share)s，%(due)s 前说明原因")
        )
        words = said % {"period": period, "share": share, "due": note.due_on}
        found.append(Need(_("异动"), "bad" if note.due_on < request.on else "warn", words, href, _("说明")))
    return found


def _balance(request: PanshiRequest, account: Account) -> list[Need]:
    balance = balance_of(account, viewer=request.viewer)
    if balance is None:
        return []
    rules, found = BalanceRules.load(), []
    href = f"{reverse('accounts:balances')}?code={account.code}"
    if rules.late(balance):
        words = _("逾期货款 %(amount)s 元") % {"amount": number(balance.overdue, 2)}
        if balance.overdue_days:
            words += _("，最长 %(days)d 天") % {"days": balance.overdue_days}
        found.append(Need(_("货款"), "bad", words, href, _("查看")))
    if rules.unequal(balance):
        words = _("近 12 个月销售 %(sales)s 元，收款 %(receipts)s 元，差 %(gap)s 元") % {
            "sales": number(balance.sales, 2),
            "receipts": number(balance.receipts, 2),
            "gap": number(balance.gap, 2),
        }
        found.append(Need(_("收款"), "warn", words, href, _("查看")))
    return found


def _frequency(request: PanshiRequest, account: Account) -> list[Need]:
    kind = {
        "abc_class": account.abc_class,
        "is_key": account.is_key,
        "lifecycle": account.lifecycle,
    }
    due = contact_due(last_contact_on=account.last_contact_on, **kind)
    if account.owner_id is None or due is None or due == NEVER or due >= request.on:
        return []
    words = _("应每 %(days)d 天联系一次，已超过 %(late)d 天") % {
        "days": target_days(**kind),
        "late": (request.on - due).days,
    }
    may = request.viewer.may("people.edit")
    href = reverse("people:log_create", args=[account.pk]) if may else ""
    return [Need(_("联系"), "warn", words, href, _("写跟进"), drawer=True)]


def _proposal(request: PanshiRequest, account: Account) -> list[Need]:
    rows = LifecycleProposal.objects.visible_to(request.viewer).open().filter(account=account)
    return [
        Need(
            _("生命周期"),
            "warn",
            _("建议改为%(state)s：%(reason)s") % {"state": row.get_to_display(), "reason": row.reason},
            reverse("accounts:proposal", args=[row.pk]) if request.viewer.may("accounts.edit") else "",
            _("答复"),
            drawer=True,
        )
        for row in rows[:1]
    ]


def _concerns(request: PanshiRequest, account: Account) -> list[Need]:
    """The other things that are wrong, by the company's thresholds."""
    at = reverse("accounts:detail", args=[account.pk])
    log, edit, assign = (
        request.viewer.may(code) for code in ("people.edit", "accounts.edit", "accounts.assign")
    )
    contact = (reverse("people:log_create", args=[account.pk]) if log else "", _("写跟进"), True)
    trade = (f"{at}trade/", _("查看"), False)
    places = {
        "overdue_contact": (_("联系"), contact),
        "never_contacted": (_("联系"), contact),
        "silent": (_("联系"), contact),
        "sales_fall": (_("交易"), trade),
        "no_trade": (_("交易"), trade),
        "unowned": (
            _("负责人"),
            (reverse("accounts:owner", args=[account.pk]) if assign else "", _("指派"), True),
        ),
        "no_uscc": (
            _("档案"),
            (reverse("accounts:edit", args=[account.pk, "identity"]) if edit else "", _("填写"), True),
        ),
    }
    return [
        Need(about, "bad" if code in {"overdue_contact", "unowned"} else "warn", words, href, act, drawer)
        for code, words in (
            (concern.code, concern.value)
            for concern in concerns(account, on=request.on, viewer=request.viewer)
        )
        for about, (href, act, drawer) in [places[code]]
    ]


def lifecycle_why(request: PanshiRequest, account: Account) -> str:
    """Since when and why the account stands where it stands, in one line; two queries."""
    last = next(iter(lifecycle_history(account, viewer=request.viewer)), None)
    if last is None:
        return ""
    said = _("%(day)s 起%(state)s") % {"day": last.on, "state": last.after}
    return f"{said}{_('：')}{last.reason}" if last.reason else said
