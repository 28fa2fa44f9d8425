"""Addresses of what managers and onlookers of processes use: diagrams, definitions, figures, the queue."""

from django.urls import URLPattern, path

from panshi.web.workflow import (
    definitions,
    definitions_editing,
    definitions_exchange,
    diagrams,
    queue,
    statistics,
)

urlpatterns: list[URLPattern] = [
    path("requests/<int:pk>/diagram/", diagrams.diagram, name="diagram"),
    path("definitions/", definitions.catalogue, name="definitions"),
    path("definitions/new/", definitions.create, name="definition_create"),
    path("definitions/import/", definitions_exchange.take_in, name="definition_take_in"),
    path("definitions/<int:pk>/", definitions.definition, name="definition"),
    path("definitions/<int:pk>/change/", definitions.change, name="definition_change"),
    path("definitions/<int:pk>/edit/", definitions_editing.edit, name="definition_edit"),
    path("definitions/<int:pk>/check/", definitions_editing.check, name="definition_check"),
    path("definitions/<int:pk>/save/", definitions_editing.save, name="definition_save"),
    path("definitions/<int:pk>/discard/", definitions.discard, name="definition_discard"),
    path("definitions/<int:pk>/publish/", definitions_editing.publish, name="definition_publish"),
    path("definitions/<int:pk>/import/", definitions_exchange.take_in, name="definition_import"),
    path("definitions/<int:pk>/<int:number>/", definitions.version, name="definition_version"),
    path("definitions/<int:pk>/<int:number>/retire/", definitions.retire, name="definition_retire"),
    path(
        "definitions/<int:pk>/<int:number>/<slug:form>/",
        definitions_exchange.export,
        name="definition_export",
    ),
    path("statistics/", statistics.statistics, name="statistics"),
    path("queue/", queue.queue, name="queue"),
    path("queue/tasks/<int:pk>/assign/", queue.assign, name="queue_assign"),
    path("queue/tasks/<int:pk>/repeat/", queue.repeat, name="queue_repeat"),
    path("queue/tasks/<int:pk>/give-up/", queue.give_up, name="queue_give_up"),
    path("queue/requests/<int:pk>/retry/", queue.retry, name="queue_retry"),
    path("queue/requests/<int:pk>/way/", queue.choose, name="queue_choose"),
    path("queue/requests/<int:pk>/cancel/", queue.cancel, name="queue_cancel"),
    path("queue/requests/<int:pk>/move/", queue.move, name="queue_move"),
]
