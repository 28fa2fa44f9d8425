"""The rooms of the web face and their addresses. Each room brings its own `urls`; add a line here, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("panshi.web.workbench.urls")),
    path("accounts/", include("panshi.web.accounts.urls")),
    path("people/", include("panshi.web.people.urls")),
    path("ledger/", include("panshi.web.ledger.urls")),
    path("analysis/", include("panshi.web.analytics.urls")),
    path("search/", include("panshi.web.search.urls")),
    path("settings/", include("panshi.web.identity.urls")),
    path("jobs/", include("panshi.web.work.urls")),
    path("audit/", include("panshi.web.audit.urls")),
    path("sign/", include("panshi.web.signin.urls")),
]
