"""The demo company's organisation: an equipment maker with a key account department and a person for every role."""

import random
from dataclasses import dataclass
from typing import Final

from panshi.cli.demo.names import NameSource
from panshi.ground.identity.models import UnitKind

COMPANY: Final = "澜江传动装备股份有限公司"
REGIONS: Final = {"华东": ("江南组", "江北组"), "华南": ("珠江组", "闽海组"), "华中": ("长江组", "中原组"),
                  "华北": ("京津组", "辽晋组"), "西部": ("川渝组", "秦滇组")}  # fmt: skip
TEAM_OF_CITY: Final = {
    "上海": "江南组", "苏州": "江南组", "杭州": "江南组", "宁波": "江南组", "无锡": "江南组",
    "南京": "江北组", "合肥": "江北组", "青岛": "江北组", "济南": "江北组",
    "广州": "珠江组", "深圳": "珠江组", "佛山": "珠江组", "东莞": "珠江组", "厦门": "闽海组", "福州": "闽海组",
    "武汉": "长江组", "长沙": "长江组", "南昌": "长江组", "襄阳": "长江组", "郑州": "中原组",
    "北京": "京津组", "天津": "京津组", "石家庄": "京津组", "太原": "辽晋组", "沈阳": "辽晋组", "大连": "辽晋组",
    "成都": "川渝组", "重庆": "川渝组", "西安": "秦滇组", "昆明": "秦滇组",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit to create: its parent is named by code."""

    code: str
    name: str
    kind: UnitKind
    parent: str


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A person to create, holding one role in one unit."""

    username: str
    name: str
    role: str
    unit: str


HEADQUARTERS: Final = "HQ"
DEPARTMENT: Final = "KA"
_OFFICES: Final = (
    ("OPS", "销售管理部"), ("TECH", "技术支持部"), ("BID", "投标商务部"), ("PMO", "项目管理部"), ("SVC", "客服中心"),
    ("MKT", "市场部"), ("FIN", "财务部"), ("LAW", "法务部"), ("PROD", "生产部"), ("QA", "质量部"), ("TRN", "培训部"),
    ("CMP", "合规部"), ("IT", "信息部"),
)  # fmt: skip
_SINGLE_ROLES: Final = (
    ("zongjingli", "general_manager", HEADQUARTERS), ("fuzong", "deputy_general_manager", HEADQUARTERS),
    ("jingli", "key_account_director", DEPARTMENT), ("zhuli", "sales_assistant", DEPARTMENT),
    ("xiaoguan", "sales_operations", "OPS"), ("jishu", "technical_consultant", "TECH"),
    ("toubiao", "bid_specialist", "BID"), ("xiangmu", "project_manager", "PMO"),
    ("kefu", "service_agent", HEADQUARTERS),
    ("shichang", "marketing", "MKT"), ("caiwu", "finance", HEADQUARTERS), ("fawu", "legal", "LAW"),
    ("shengchan", "production", "PROD"), ("zhiliang", "quality", "QA"), ("peixun", "trainer", "TRN"),
    ("hegui", "compliance", "CMP"), ("guanli", "administrator", "IT"),
)  # fmt: skip


def team_code(team: str) -> str:
    """The code of a team's unit."""
    for region, teams in enumerate(REGIONS.values(), start=1):
        if team in teams:
            return f"KA{region}{teams.index(team) + 1}"
    raise KeyError(team)


def units() -> list[PlannedUnit]:
    """The tree, parents first: headquarters, offices, the key account department with its regions and teams."""
    planned = [PlannedUnit(HEADQUARTERS, "总部", UnitKind.HEADQUARTERS, "")]
    planned += [PlannedUnit(code, name, UnitKind.DEPARTMENT, HEADQUARTERS) for code, name in _OFFICES]
    planned.append(PlannedUnit(DEPARTMENT, "大客户部", UnitKind.DEPARTMENT, HEADQUARTERS))
    for number, (region, teams) in enumerate(REGIONS.items(), start=1):
        planned.append(PlannedUnit(f"KA{number}", f"{region}大区", UnitKind.REGION, DEPARTMENT))
        planned += [
            PlannedUnit(team_code(team), f"{region}{team}", UnitKind.TEAM, f"KA{number}") for team in teams
        ]
    return planned


def people(names: NameSource, seed: random.Random) -> list[PlannedPerson]:
    """One person for each role, a regional manager a region, a supervisor and two or three managers a team."""
    planned = [PlannedPerson(username, names.person(), role, unit) for username, role, unit in _SINGLE_ROLES]
    for number, teams in enumerate(REGIONS.values(), start=1):
        planned.append(PlannedPerson(f"quyu{number}", names.person(), "regional_manager", f"KA{number}"))
        for team in teams:
            code = team_code(team)
            planned.append(
                PlannedPerson(f"zhuguan{code[2:]}", names.person(), "key_account_supervisor", code)
            )
            planned += [
                PlannedPerson(f"kehu{code[2:]}{place}", names.person(), "key_account_manager", code)
                for place in range(1, 3 + seed.randint(0, 1))
            ]
    return planned
