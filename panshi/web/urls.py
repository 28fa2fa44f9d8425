"""The rooms of the web face and their addresses. Each room brings its own `urls`; add a line here, nothing else."""

from django.urls import include, path

from panshi.web.generic.going import go

urlpatterns = [
    path("", include("panshi.web.workbench.urls")),
    path("accounts/", include("panshi.web.accounts.urls")),
    path("people/", include("panshi.web.people.urls")),
    path("ledger/", include("panshi.web.ledger.urls")),
    path("analysis/", include("panshi.web.analytics.urls")),
    path("search/", include("panshi.web.search.urls")),
    path("settings/", include("panshi.web.identity.urls")),
    path("jobs/", include("panshi.web.work.urls")),
    path("", include("panshi.web.health.urls")),
    path("audit/", include("panshi.web.audit.urls")),
    path("rules/", include("panshi.web.rules.urls")),
    path("setup/", include("panshi.web.settings.urls")),
    path("files/", include("panshi.web.files.urls")),
    path("notices/", include("panshi.web.notices.urls")),
    path("go/<str:kind>/<int:pk>/", go, name="go"),
    path("process/", include("panshi.web.workflow.urls")),
    path("imports/", include("panshi.web.imports.urls")),
    path("exports/", include("panshi.web.exports.urls")),
    path("views/", include("panshi.web.views.urls")),
    path("sign/", include("panshi.web.signin.urls")),
]
