"""Addresses of the settings: values by topic, dictionaries, custom fields, number formats, calendar."""

from django.urls import path

from panshi.web.settings.views import calendar, dictionaries, fields, numbering, values

app_name = "settings"

urlpatterns = [
    path("", values.home, name="home"),
    path("values/<str:code>/", values.change, name="value"),
    path("values/<str:code>/reset/", values.reset, name="reset"),
    path("values/<str:code>/restore/<int:number>/", values.restore, name="restore"),
    path("fields/", fields.listed, name="fields"),
    path("fields/<slug:kind>/", fields.listed, name="fields_of"),
    path("fields/<slug:kind>/new/", fields.create, name="create_field"),
    path("fields/<slug:kind>/order/", fields.order, name="order_fields"),
    path("field/<int:pk>/", fields.edit, name="edit_field"),
    path("field/<int:pk>/retire/", fields.retire, name="retire_field"),
    path("field/<int:pk>/reinstate/", fields.reinstate, name="reinstate_field"),
    path("dictionaries/", dictionaries.listed, name="dictionaries"),
    path("dictionaries/new/", dictionaries.create, name="create_dictionary"),
    path("dictionaries/<int:pk>/", dictionaries.detail, name="dictionary"),
    path("dictionaries/<int:pk>/edit/", dictionaries.edit, name="edit_dictionary"),
    path("dictionaries/<int:pk>/add/", dictionaries.add, name="add_choice"),
    path("dictionaries/<int:pk>/order/", dictionaries.order, name="order_choices"),
    path("choices/<int:pk>/", dictionaries.edit_value, name="edit_choice"),
    path("choices/<int:pk>/retire/", dictionaries.retire, name="retire_choice"),
    path("choices/<int:pk>/reinstate/", dictionaries.reinstate, name="reinstate_choice"),
    path("choices/<int:pk>/delete/", dictionaries.delete, name="delete_choice"),
    path("choices/<int:pk>/replace/", dictionaries.replace, name="replace_choice"),
    path("numbering/", numbering.listed, name="numbering"),
    path("numbering/<slug:series>/", numbering.change, name="change_numbering"),
    path("calendar/", calendar.years, name="calendar"),
    path("calendar/<int:year>/", calendar.enter, name="enter_calendar"),
]
