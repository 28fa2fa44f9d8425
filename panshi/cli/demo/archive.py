"""The demo company's accounts, contacts and contact log: drawn from seeded chance, apart from how they are saved."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from panshi.calc.uscc import ALPHABET, check_character
from panshi.cli.demo.names import TITLES, Company, NameSource
from panshi.cli.demo.organisation import TEAM_OF_CITY, team_code
from panshi.domains.accounts.models import EnterpriseSize, OwnershipType, TeamRole, TouchKind

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_PRODUCTS: Final = (
    "年产矿用输送机约 600 台，破碎机 120 台", "年产成套水处理设备 80 套", "年产汽车变速箱壳体 20 万件",
    "年产精密铸件 1.2 万吨", "港口起重设备维保，年检修 300 台次", "年产包装机械 450 台",
)  # fmt: skip
_PLANS: Final = ("二期厂房明年三季度投产", "计划新增两条自动化产线", "正在评估向西南搬迁部分产能", "")
_NEEDS: Final = ("要求 24 小时内到场维修", "备件须常备在本市仓库", "每季度一次现场巡检", "")
_PROBLEMS: Final = ("现用减速机温升偏高", "进口备件交期超过 12 周", "多家供应商，备件型号不统一", "")
_PROCEDURES: Final = (
    "设备部提需求，采购部三家比价，副总审批",
    "年度框架招标，按季度下单",
    "50 万元以上公开招标",
    "",
)
_TALKS: Final = (
    "确认下季度备件计划，客户要求报价含运费", "反馈上批减速机到货外包装破损，已转售后",
    "约定下周到厂看二期基础施工进度",
    "财务答应月底前付清到货款", "技术部询问新型号联轴器的对中要求，已发样本", "采购换人，新任经理希望重新介绍产品线",
    "竞争对手报价低约 8%，客户看重交期", "客户年度预算已批，设备更新列入三季度",
    "邀请参加明年春季技术交流会，对方有兴趣",
    "对账差异 1.2 万元，双方各自核对",
)  # fmt: skip
_NEXT: Final = ("回访试用情况", "送样本与报价单", "确认付款进度", "约见设备部部长", "核对年度框架条款")


@dataclass(slots=True)
class PlannedContact:
    """A person at an account."""

    values: dict[str, Any]


@dataclass(slots=True)
class PlannedTalk:
    """One entry of the contact log: so many days ago, the next contact so many days from today."""

    days_ago: int
    kind: TouchKind
    text: str
    next_in: int | None
    note: str


@dataclass(slots=True)
class PlannedAccount:
    """One account with everything that hangs from it; `head` is the place of its group's head in the list."""

    code: str
    company: Company
    team: str
    values: dict[str, Any]
    head: int | None
    team_roles: tuple[TeamRole, ...] = ()
    contacts: list[PlannedContact] = field(default_factory=list)
    talks: list[PlannedTalk] = field(default_factory=list)


def uscc(company: Company, seed: random.Random) -> str:
    """A valid invented code: registering authority and kind, division, organisation code with its own check, check."""
    head = ("12" if company.public else "91") + company.region
    body = "MA" + "".join(seed.choice(ALPHABET) for _ in range(6))
    rest = (
        11
        - sum((int(char, 36)) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    )
    code = head + body + {10: "X", 11: "0"}.get(rest, str(rest))
    return code + check_character(code)


def plan(count: int, *, names: NameSource, seed: random.Random) -> list[PlannedAccount]:
    """`count` accounts: about one in six in a group tree; the first are the big ones, spoken to most often."""
    accounts: list[PlannedAccount] = []
    while len(accounts) < count:
        if seed.random() < 0.035 and count - len(accounts) > 8:
            brand, company = names.house()
            head = len(accounts)
            accounts.append(_account(company, head, None, names, seed))
            middle = head
            for _ in range(seed.randint(2, 6)):
                place = len(accounts)
                accounts.append(_account(names.company(brand=brand), place, middle, names, seed))
                middle = place if seed.random() < 0.2 else head
        else:
            accounts.append(_account(names.company(), len(accounts), None, names, seed))
    return accounts


def _account(
    company: Company, place: int, head: int | None, names: NameSource, seed: random.Random
) -> PlannedAccount:
    big = place < 400
    account = PlannedAccount(
        code=f"K{place + 1:06d}",
        company=company,
        team=team_code(TEAM_OF_CITY[company.city]),
        values=_facts(company, big, names, seed),
        head=head,
    )
    if place < 150:
        account.team_roles = (
            TeamRole.SALES_SUPPORT,
            TeamRole.SERVICE_SUPPORT,
            TeamRole.SUPERVISOR,
            TeamRole.SPONSOR,
        )
    account.contacts = list(_contacts(seed.randint(2, 5) if big else seed.randint(1, 2), names, seed))
    account.talks = list(_talks(seed.randint(3, 9) if big else seed.choice((0, 0, 1, 2)), seed))
    return account


def _facts(company: Company, big: bool, names: NameSource, seed: random.Random) -> dict[str, Any]:
    """Archive fields; small accounts are known less completely, as in life."""
    values: dict[str, Any] = {
        "name": company.name,
        "short_name": company.short_name,
        "uscc": uscc(company, seed),
        "industry": company.industry,
        "region": company.region,
        "address": company.address,
        "phone": names.landline(),
        "ownership_type": OwnershipType.INSTITUTION
        if company.public
        else seed.choice(("private", "private", "state", "foreign")),
        "size": seed.choice((EnterpriseSize.LARGE, EnterpriseSize.MEDIUM))
        if big
        else seed.choice(("medium", "small", "small", "")),
    }
    if big or seed.random() < 0.3:
        values |= {
            "registered_capital": seed.choice((5, 8, 10, 20, 30, 50, 100, 200)) * 1_000_000,
            "founded_on": dt.date(seed.randint(1986, 2019), seed.randint(1, 12), seed.randint(1, 28)),
            "employees": seed.choice((60, 120, 180, 260, 400, 850, 1600)),
            "products": seed.choice(_PRODUCTS),
            "expansion_plans": seed.choice(_PLANS),
            "service_requirements": seed.choice(_NEEDS),
            "present_problems": seed.choice(_PROBLEMS),
            "procurement_procedure": seed.choice(_PROCEDURES),
            "invoice_title": company.name,
            "bank_name": f"中国工商银行{company.city}{seed.choice(('高新', '城东', '开发区', '滨江'))}支行",
            "bank_account": "".join(seed.choice("0123456789") for _ in range(19)),
        }
    if big and seed.random() < 0.7:
        values["procurement_budget"] = seed.choice((80, 120, 200, 350, 600, 900)) * 10_000
    return values


def _contacts(count: int, names: NameSource, seed: random.Random) -> Iterator[PlannedContact]:
    for place, title in enumerate(seed.sample(TITLES, count)):
        yield PlannedContact(
            {"name": names.person(), "title": title, "mobile": names.mobile(), "primary": place == 0}
        )


def _talks(count: int, seed: random.Random) -> Iterator[PlannedTalk]:
    """Talks from the oldest to the newest; the newest often says when to speak next, sometimes overdue by now."""
    for place, days in enumerate(sorted((seed.randint(1, 240) for _ in range(count)), reverse=True)):
        newest = place == count - 1
        follows = newest and seed.random() < 0.6
        kind = seed.choice(
            (TouchKind.PHONE, TouchKind.WECHAT, TouchKind.WECHAT, TouchKind.MEETING, TouchKind.EMAIL)
        )
        note = seed.choice(_NEXT) if follows else ""
        yield PlannedTalk(days, kind, seed.choice(_TALKS), seed.randint(-9, 25) if follows else None, note)
