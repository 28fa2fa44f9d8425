import datetime as dt
from decimal import Decimal

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, FormerName
from panshi.domains.accounts.services import Placement
from panshi.ground.base.refusals import NotAllowed
from tests.factories.organisation import Company


@pytest.mark.django_db
def test_smoke(company: Company, at: dt.datetime) -> None:
    me = company.viewer("owner")
    a = services.create_account(values={"name": "上海恒达机械有限公司", "phone": "021-12345678"}, by=me, at=at)
    assert a.code == "K000001" and a.unit == company.units.east_one
    with pytest.raises(services.CannotIgnoreDuplicates) as e:
        services.create_account(values={"name": "恒达（上海）机械"}, by=me, at=at)
    print(e.value.candidates)
    b = services.update_account(account=a, values={"name": "上海恒远机械有限公司", "registered_capital": Decimal("5")}, expected_version=1, by=me, at=at)
    assert FormerName.objects.get().name == "上海恒达机械有限公司"
    with pytest.raises(services.CannotOverwrite) as c:
        services.update_account(account=a, values={"name": "x1", "address": "y"}, expected_version=1, by=me, at=at)
    print(c.value.conflicts)
    with pytest.raises(NotAllowed):
        services.create_account(values={"name": "某某"}, placement=Placement(owner_id=company.outsider.pk), by=me, at=at)
    assert Account.objects.count() == 1
