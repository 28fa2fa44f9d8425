"""Addresses of the account room."""

from django.urls import path

from panshi.web.accounts.balance_tables import BALANCES
from panshi.web.accounts.class_tables import PROPOSALS as CLASS_PROPOSALS
from panshi.web.accounts.equipment_tables import EQUIPMENT
from panshi.web.accounts.lifecycle_tables import PROPOSALS
from panshi.web.accounts.merge_tables import MERGES
from panshi.web.accounts.pool_tables import DUE, LYING
from panshi.web.accounts.tables import ACCOUNTS
from panshi.web.accounts.variance_tables import VARIANCES
from panshi.web.accounts.views import (
    balances,
    classes,
    editing,
    equipment,
    lifecycle,
    merging,
    paper,
    picking,
    pool_settings,
    pools,
    record,
    variance,
    wallet,
)
from panshi.web.accounts.wallet_tables import WALLETS
from panshi.web.generic.listing import list_urls

app_name = "accounts"

urlpatterns = [
    *list_urls(ACCOUNTS),
    path("new/", editing.create, name="create"),
    path("new/duplicates/", editing.check_duplicates, name="duplicates"),
    path("pick/accounts/", picking.accounts, name="pick_accounts"),
    path("pick/people/", picking.people, name="pick_people"),
    path("pick/regions/", picking.regions, name="pick_regions"),
    *list_urls(LYING, "pools/", "pools"),
    path("pools/allowance/", pools.allowance, name="pools_allowance"),
    *list_urls(DUE, "pools/due/", "pools_due"),
    path("pools/due/<int:pk>/", pools.warning, name="pool_warning"),
    path("pools/due/<int:pk>/log/", pools.warning_log, name="pool_warning_log"),
    path("pools/due/<int:pk>/owner/", pools.warning_owner, name="pool_warning_owner"),
    path("pools/entry/<int:pk>/", pools.entry, name="pool_entry"),
    path("pools/entry/<int:pk>/claim/", pools.claim, name="pool_claim"),
    path("pools/entry/<int:pk>/assign/", pools.assign, name="pool_assign"),
    path("pools/settings/", pool_settings.index, name="pool_settings"),
    path("pools/settings/new/", pool_settings.create, name="pool_create"),
    path("pools/settings/tonight/", pool_settings.tonight, name="pools_tonight"),
    path("pools/settings/<int:pk>/", pool_settings.detail, name="pool"),
    path("pools/settings/<int:pk>/edit/", pool_settings.edit, name="pool_edit"),
    path("pools/settings/<int:pk>/switch/", pool_settings.switch, name="pool_switch"),
    path("pools/settings/<int:pk>/rules/new/", pool_settings.rule, name="pool_rule_create"),
    path("pools/settings/<int:pk>/rules/<int:rule_id>/", pool_settings.rule, name="pool_rule"),
    path("pools/settings/<int:pk>/rules/<int:rule_id>/drop/", pool_settings.drop_rule, name="pool_rule_drop"),
    path("<int:pk>/return/", pools.give_back, name="return"),
    *list_urls(MERGES, "merges/", "merges"),
    path("merges/<int:pk>/undo/", merging.undo, name="merge_undo"),
    *list_urls(PROPOSALS, "lifecycle/proposals/", "proposals"),
    path("lifecycle/proposals/<int:pk>/", lifecycle.proposal, name="proposal"),
    path("lifecycle/", lifecycle.rules, name="lifecycle_rules"),
    *list_urls(CLASS_PROPOSALS, "classes/", "class_proposals"),
    path("classes/evaluate/", classes.evaluate, name="classes_evaluate"),
    path("classes/<int:pk>/", classes.proposal, name="class_proposal"),
    path("classes/members/<int:pk>/", classes.evidence, name="class_evidence"),
    path("<int:pk>/classes/change/", classes.change, name="class_change"),
    *list_urls(EQUIPMENT, "equipment/", "equipment"),
    path("equipment/<int:pk>/", equipment.edit, name="equipment_edit"),
    path("equipment/<int:pk>/hours/", equipment.hours, name="equipment_hours"),
    path("equipment/<int:pk>/retire/", equipment.retire, name="equipment_retire"),
    path("equipment/<int:pk>/return/", equipment.come_back, name="equipment_return"),
    path("equipment/of/<int:pk>/", equipment.of_account, name="equipment_of"),
    path("<int:pk>/equipment/new/", equipment.create, name="equipment_create"),
    path("brands/", equipment.brands, name="brands"),
    path("brands/new/", equipment.brand_create, name="brand_create"),
    path("brands/<int:pk>/", equipment.brand_edit, name="brand_edit"),
    path("brands/<int:pk>/merge/", equipment.brand_merge, name="brand_merge"),
    *list_urls(WALLETS, "wallets/", "wallets"),
    path("wallets/head/", wallet.head, name="wallets_head"),
    path("wallets/<int:pk>/", wallet.edit, name="wallet_edit"),
    path("wallets/<int:pk>/drop/", wallet.drop, name="wallet_drop"),
    path("wallets/of/<int:pk>/", wallet.of_account, name="wallet_of"),
    path("<int:pk>/wallet/new/", wallet.create, name="wallet_create"),
    path("<int:pk>/archive/", paper.archive, name="archive"),
    *list_urls(VARIANCES, "variances/", "variances"),
    path("variances/report/", variance.report, name="variance_report"),
    path("variances/<int:pk>/", variance.detail, name="variance"),
    path("variances/<int:pk>/answer/", variance.answer, name="variance_answer"),
    *list_urls(BALANCES, "balances/", "balances"),
    path("balances/<int:pk>/", balances.balance, name="balance"),
    path("<int:pk>/merge/", merging.choose, name="merge"),
    path("<int:pk>/merge/<int:other>/", merging.compare, name="merge_compare"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/edit/<slug:section>/", editing.edit, name="edit"),
    path("<int:pk>/tags/", editing.tags, name="tags"),
    path("<int:pk>/lifecycle/", editing.lifecycle, name="lifecycle"),
    path("<int:pk>/owner/", editing.owner, name="owner"),
    path("<int:pk>/group/place/", editing.group, name="place"),
    path("<int:pk>/team/join/", editing.join_team, name="join_team"),
    path("<int:pk>/team/<int:member_id>/leave/", editing.leave_team, name="leave_team"),
    path("<int:pk>/", record.detail, name="detail"),
    path("<int:pk>/<slug:tab>/", record.detail, name="detail"),
]
