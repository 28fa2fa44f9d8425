"""Writes of brands: name one, change it, merge one written twice into the other."""

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Brand, Equipment, WalletShare
from panshi.domains.accounts.models.equipment_cleaning import plain_key
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

LONGEST: Final = 60
HUNDRED: Final = Decimal(100)


class CannotSaveBrand(Refused):
    """The name is missing, too long or taken."""


@transaction.atomic
def save_brand(
    *,
    brand: Brand | None,
    name: str,
    ours: bool,
    note: str = "",
    expected_version: int = 0,
    by: Viewer,
    at: dt.datetime,
) -> Brand:
    """Name a brand, or change one."""
    by.require("accounts.edit")
    if brand is not None:
        by.require("accounts.merge")  # a change of what others wrote down concerns every account
    row = Brand(created_at=at, updated_at=at, created_by_id=by.person_id)
    if brand is not None:
        row = Brand.objects.select_for_update().get(pk=brand.pk)
        row.expect(expected_version)
    words = " ".join(name.split())
    if not any(map(str.isalnum, words)) or len(words) > LONGEST or "\x00" in words:
        raise CannotSaveBrand(_("品牌名称应为 1 到 60 个字符。"), field="name")
    row.name, row.name_key, row.ours, row.note = words, plain_key(words)[:120], ours, note.strip()[:200]
    if Brand.objects.standing().filter(name_key=row.name_key).exclude(pk=row.pk).exists():
        raise CannotSaveBrand(_("已有这个品牌。"), field="name")
    if brand is not None:
        row.step(at=at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CannotSaveBrand(_("已有这个品牌。"), field="name") from error
    record(events.BRAND_SAVED, at=at, by_id=by.person_id, subject_id=row.pk, ours=ours, version=row.version)
    return row


def brand_called(name: str, *, by: Viewer, at: dt.datetime) -> Brand:
    """The brand of that name; one nobody named yet is a competitor's. Runs in the caller's transaction."""
    key = plain_key(name)[:120]
    known: Brand | None = Brand.objects.standing().filter(name_key=key).first()
    if known is not None:
        return known
    merged = Brand.objects.filter(name_key=key).exclude(merged_into=None).order_by("-pk").first()
    if merged is not None:
        return final_brand(merged)
    return save_brand(brand=None, name=name, ours=False, by=by, at=at)


def final_brand(brand: Brand) -> Brand:
    """The brand that stands for one that was merged."""
    while brand.merged_into is not None:
        brand = brand.merged_into
    return brand


class CannotMergeBrands(Refused):
    """It is the same brand, one is merged already, or serial numbers collide."""


@transaction.atomic
def merge_brands(*, loser: Brand, winner: Brand, by: Viewer, at: dt.datetime) -> Brand:
    """Let everything of one brand be of another; the name that goes leads to the one that stays."""
    by.require("accounts.merge")
    rows = {
        row.pk: row
        for row in Brand.objects.select_for_update().filter(pk__in=[loser.pk, winner.pk]).order_by("pk")
    }
    gone, kept = rows[loser.pk], rows[winner.pk]
    if gone.pk == kept.pk:
        raise CannotMergeBrands(_("请选择另一个品牌。"), field="into")
    if gone.merged_into_id is not None or kept.merged_into_id is not None:
        raise CannotMergeBrands(_("其中一个品牌已被合并。"), field="into")
    serials = Equipment.objects.filter(brand=kept).exclude(serial_key="").values("serial_key")
    same = Equipment.objects.filter(brand=gone, serial_key__in=serials).exclude(serial_key="").count()
    if same:
        raise CannotMergeBrands(
            _("有 %(count)d 台设备的出厂编号在两个品牌下重复，请先核对。") % {"count": same}, field="into"
        )
    moved = Equipment.objects.filter(brand=gone).update(brand=kept)
    for share in WalletShare.objects.select_for_update().filter(brand=gone).order_by("pk"):
        other = WalletShare.objects.filter(wallet=share.wallet_id, brand=kept).first()
        if other is None:
            share.brand = kept
            share.save(update_fields=["brand"])
        else:  # both stood in one wallet: together they are what the one gets
            other.percent = min(other.percent + share.percent, HUNDRED)
            other.save(update_fields=["percent"])
            share.delete()
    gone.merged_into = kept
    gone.step(at=at)
    gone.save()
    record(events.BRANDS_MERGED, at=at, by_id=by.person_id, subject_id=kept.pk, loser_id=gone.pk, moved=moved)
    return kept
