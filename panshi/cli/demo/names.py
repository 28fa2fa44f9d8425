"""Plausible Chinese names for the demo company: organisations, people, streets. Seeded, so every load is alike."""

import random
from dataclasses import dataclass
from typing import Final

CITIES: Final = (
    # city, division code (GB/T 2260), sales region, weight
    ("上海", "310000", "华东", 9), ("苏州", "320500", "华东", 7), ("杭州", "330100", "华东", 6),
    ("宁波", "330200", "华东", 4), ("南京", "320100", "华东", 4), ("无锡", "320200", "华东", 4),
    ("合肥", "340100", "华东", 3), ("青岛", "370200", "华东", 3), ("济南", "370100", "华东", 3),
    ("广州", "440100", "华南", 6), ("深圳", "440300", "华南", 7), ("佛山", "440600", "华南", 5),
    ("东莞", "441900", "华南", 4), ("厦门", "350200", "华南", 2), ("福州", "350100", "华南", 2),
    ("武汉", "420100", "华中", 6), ("长沙", "430100", "华中", 4), ("郑州", "410100", "华中", 4),
    ("南昌", "360100", "华中", 2), ("襄阳", "420600", "华中", 1), ("北京", "110000", "华北", 7),
    ("天津", "120000", "华北", 4), ("石家庄", "130100", "华北", 2), ("太原", "140100", "华北", 2),
    ("沈阳", "210100", "华北", 3), ("大连", "210200", "华北", 2), ("成都", "510100", "西部", 5),
    ("重庆", "500000", "西部", 5), ("西安", "610100", "西部", 4), ("昆明", "530100", "西部", 1),
)  # fmt: skip
INDUSTRIES: Final = (
    # word in the name, GB/T 4754 division, weight
    ("重工机械", "C34", 8), ("通用设备", "C34", 7), ("矿山装备", "C35", 5), ("环保工程", "N77", 5), ("水务", "D46", 3),
    ("钢铁", "C31", 4), ("水泥建材", "C30", 4), ("化工", "C26", 6), ("食品机械", "C35", 4), ("汽车零部件", "C36", 7),
    ("港务工程", "G55", 2), ("自动化设备", "C40", 6), ("精密铸造", "C33", 5), ("新能源", "C38", 6), ("纺织", "C17", 3),
    ("造纸", "C22", 2), ("制药", "C27", 4), ("电力工程", "D44", 3), ("轨道交通装备", "C37", 3), ("物流装备", "C34", 4),
)  # fmt: skip
PUBLIC_BODIES: Final = (
    ("市政工程管理处", "N78"),
    ("第一人民医院", "Q84"),
    ("职业技术学院", "P83"),
    ("轨道交通建设办公室", "S91"),
)
BRAND: Final = (
    "恒达华鑫瑞泰宏远中联天宇盛荣金海博创新科力安和信诚德源嘉禾腾飞龙翔凯旋卓越众智云帆启明星辰永昌兴"
    "亿佳康宁同济顺丰隆祥广万通正元亨利贞百川江澜岳峰"
)
LEGAL_FORMS: Final = (("有限公司", 74), ("股份有限公司", 14), ("有限责任公司", 12))
SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
)
GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文玉兰红梅鑫宇浩然子轩梓涵欣怡雨晨佳琪思远"
    "嘉豪晓东海燕春立新"
)
TITLES: Final = (
    "采购经理", "采购副总", "设备部部长", "总经理", "技术总监", "财务主管", "采购专员",
    "生产厂长", "总工程师", "副总经理", "项目经理", "仓储主管",
)  # fmt: skip
STREETS: Final = (
    "工业大道",
    "科技路",
    "滨江大道",
    "创业路",
    "振兴街",
    "高新一路",
    "建设大道",
    "港城路",
    "园区东路",
    "幸福路",
)


@dataclass(frozen=True, slots=True)
class Company:
    """One invented organisation."""

    name: str
    short_name: str
    city: str
    region: str
    sales_region: str
    industry: str
    address: str
    public: bool = False


class NameSource:
    """Draws names that do not repeat."""

    def __init__(self, seed: random.Random) -> None:
        self._random = seed
        self._taken: set[str] = set()

    def brand(self) -> str:
        """Two characters such as companies choose for luck."""
        return "".join(self._random.sample(BRAND, 2))

    def place(self) -> tuple[str, str, str]:
        """City, division code and sales region, big cities more often."""
        city, code, region, _ = self._random.choices(CITIES, weights=[item[3] for item in CITIES])[0]
        return city, code, region

    def street(self, city: str) -> str:
        """A street address in a city."""
        return f"{city}市{self._random.choice(STREETS)}{self._random.randint(1, 988)}号"

    def company(self, *, brand: str = "") -> Company:
        """A company, or a public body now and then; with `brand` a member of that house in some city."""
        while True:
            city, code, region = self.place()
            if not brand and self._random.random() < 0.03:
                word, industry = self._random.choice(PUBLIC_BODIES)
                made = Company(
                    f"{city}市{word}",
                    f"{city}{word[:4]}",
                    city,
                    code,
                    region,
                    industry,
                    self.street(city),
                    True,
                )
            else:
                made = self._business(brand, city, code, region)
            if made.name not in self._taken:
                self._taken.add(made.name)
                return made

    def _business(self, brand: str, city: str, code: str, region: str) -> Company:
        word, industry, _ = self._random.choices(INDUSTRIES, weights=[item[2] for item in INDUSTRIES])[0]
        form = self._random.choices(
            [item[0] for item in LEGAL_FORMS], weights=[item[1] for item in LEGAL_FORMS]
        )[0]
        chosen = brand or self.brand()
        name = f"{chosen}({city}){word}{form}" if brand else f"{city}{chosen}{word}{form}"
        return Company(name, f"{chosen}{word}"[:12], city, code, region, industry, self.street(city))

    def house(self) -> tuple[str, Company]:
        """A group's brand and its parent company."""
        while True:
            brand = self.brand()
            city, code, region = self.place()
            name = f"{brand}集团有限公司"
            if name not in self._taken:
                self._taken.add(name)
                return brand, Company(name, f"{brand}集团", city, code, region, "L72", self.street(city))

    def person(self) -> str:
        """A Chinese personal name; may repeat, as people's names do."""
        given = self._random.choice(GIVEN) + (
            self._random.choice(GIVEN) if self._random.random() < 0.75 else ""
        )
        return self._random.choice(SURNAMES) + given

    def mobile(self) -> str:
        """A mobile number of eleven digits."""
        return f"1{self._random.choice('3578')}{self._random.randint(100000000, 999999999)}"

    def landline(self) -> str:
        """A landline with area code."""
        return f"0{self._random.randint(21, 99)}-{self._random.randint(20000000, 89999999)}"
