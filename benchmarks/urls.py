"""The application's addresses, and one bare view beside them as the floor of a save."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from aiplatform.urls import urlpatterns as application
from reviews.actions.transaction import writing

TABLE = "CREATE TABLE bench (id integer PRIMARY KEY, note text)"
_SELECT = "SELECT note FROM bench WHERE id = %s"
_UPSERT = "INSERT INTO bench VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET note = excluded.note"


@login_not_required
def bare_save(request: HttpRequest, row: int) -> HttpResponse:
    """One select, one upsert, written as everything here is: the least that saving something takes."""
    with writing(), connection.cursor() as cursor:
        cursor.execute(_SELECT, [row])
        cursor.fetchone()
        cursor.execute(_UPSERT, [row, request.POST["note"]])
    return HttpResponse("saved")


urlpatterns = [*application, path("bare-save/<int:row>/", bare_save)]
