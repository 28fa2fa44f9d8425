"""Column headings of foreign tables: which field of a ledger line each one means, in Chinese and in English.

Guessing only proposes; whoever names a column is always obeyed.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Field(StrEnum):
    """What a column of a sales ledger can hold."""

    ACCOUNT = "account"
    ACCOUNT_NAME = "account_name"
    USCC = "uscc"
    DATE = "date"
    DOCUMENT = "document"
    LINE_NO = "line_no"
    PRODUCT = "product"
    PRODUCT_LINE = "product_line"
    REGION = "region"
    QUANTITY = "quantity"
    UNIT = "unit"
    PRICE = "price"
    AMOUNT = "amount"
    COST = "cost"
    CURRENCY = "currency"


# In the order of preference: the first heading found wins. Written as `normalise` leaves them.
KNOWN: Mapping[Field, tuple[str, ...]] = {
    Field.ACCOUNT: (
        *("客户编码", "客户编号", "客户代码", "客户号", "客户id", "购货单位编码", "往来单位编码"),
        *(
            "customerid",
            "customercode",
            "customerno",
            "customernumber",
            "accountid",
            "accountcode",
            "accountno",
        ),
        *("clientid", "clientcode", "custid", "custno", "customer", "account", "client", "客户"),
    ),
    Field.ACCOUNT_NAME: (
        *(
            "客户名称",
            "客户简称",
            "客户全称",
            "单位名称",
            "购货单位",
            "购货单位名称",
            "购买方名称",
            "往来单位",
            "公司名称",
        ),
        *("customername", "accountname", "clientname", "companyname", "company"),
    ),
    Field.USCC: (
        "统一社会信用代码",
        "社会信用代码",
        "信用代码",
        "税号",
        "纳税人识别号",
        "uscc",
        "taxid",
        "vatnumber",
    ),
    Field.DATE: (
        *(
            "日期",
            "单据日期",
            "业务日期",
            "订单日期",
            "开票日期",
            "销售日期",
            "发货日期",
            "出库日期",
            "交易日期",
            "下单日期",
        ),
        *(
            "date",
            "invoicedate",
            "orderdate",
            "documentdate",
            "postingdate",
            "transactiondate",
            "salesdate",
            "时间",
        ),
    ),
    Field.DOCUMENT: (
        *(
            "单据编号",
            "单据号",
            "单号",
            "订单号",
            "订单编号",
            "发票号",
            "发票号码",
            "出库单号",
            "销售单号",
            "凭证号",
            "合同号",
        ),
        *(
            "invoice",
            "invoiceno",
            "invoicenumber",
            "document",
            "documentno",
            "documentnumber",
            "order",
            "orderno",
        ),
        *("ordernumber", "orderid", "docno", "billno"),
    ),
    Field.LINE_NO: (
        "行号",
        "序号",
        "分录号",
        "行次",
        "line",
        "lineno",
        "linenumber",
        "item",
        "itemno",
        "position",
    ),
    Field.PRODUCT: (
        *(
            "产品编码",
            "产品",
            "产品名称",
            "商品编码",
            "商品",
            "商品名称",
            "物料编码",
            "物料",
            "物料名称",
            "存货编码",
            "货品",
        ),
        *("stockcode", "sku", "product", "productcode", "productname", "productid", "article", "material"),
    ),
    Field.PRODUCT_LINE: (
        *("产品线", "产品系列", "产品类别", "产品大类", "品类", "商品类别", "物料类别", "存货分类"),
        *("productline", "productgroup", "productcategory", "category", "segment"),
    ),
    Field.REGION: (
        "区域",
        "地区",
        "大区",
        "省份",
        "销售区域",
        "region",
        "country",
        "province",
        "area",
        "territory",
    ),
    Field.QUANTITY: (
        "数量",
        "销售数量",
        "出库数量",
        "发货数量",
        "实发数量",
        "quantity",
        "qty",
        "units",
        "pieces",
    ),
    Field.UNIT: ("单位", "计量单位", "uom", "unit", "unitofmeasure", "measureunit"),
    Field.PRICE: (
        *("单价", "含税单价", "销售单价", "不含税单价", "成交单价", "价格"),
        *("price", "unitprice", "salesprice", "netprice"),
    ),
    Field.AMOUNT: (
        *(
            "金额",
            "销售额",
            "销售金额",
            "含税金额",
            "价税合计",
            "不含税金额",
            "收入",
            "营业额",
            "成交金额",
            "订单金额",
        ),
        *(
            "amount",
            "revenue",
            "sales",
            "salesamount",
            "netamount",
            "totalamount",
            "linetotal",
            "turnover",
            "total",
        ),
        *("netsales", "value", "合计"),
    ),
    Field.COST: ("成本", "销售成本", "成本金额", "cost", "costofsales", "cogs", "costamount", "totalcost"),
    Field.CURRENCY: ("币种", "币别", "货币", "currency", "currencycode"),
}


def normalise(heading: str) -> str:
    """A heading without width, case, spaces, punctuation and a bracketed unit: `金额（元）` is `金额`."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    without_unit = re.sub(r"[(\[【].*?[)\]】]", "", folded)
    return re.sub(r"[\W_]+", "", without_unit or folded)


def guess(headings: Sequence[str]) -> dict[Field, int]:
    """The most likely column of each field, by position; a column is used once, fields without one are left out."""
    positions: dict[str, int] = {}
    for position, heading in enumerate(headings):
        positions.setdefault(normalise(heading), position)
    found: dict[Field, int] = {}
    for field, names in KNOWN.items():
        for name in names:
            if name in positions and positions[name] not in found.values():
                found[field] = positions[name]
                break
    return found


def locate(headings: Sequence[str], name: str) -> int | None:
    """The position of the column a person named, exactly or apart from width, case and punctuation."""
    if name in headings:
        return headings.index(name)
    wanted = normalise(name)
    matches = [position for position, heading in enumerate(headings) if normalise(heading) == wanted]
    return matches[0] if len(matches) == 1 else None
