"""The application's addresses, and one bare view beside them as the floor of a save."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from aiplatform.urls import urlpatterns as application

TABLE = "CREATE TABLE bench (id integer PRIMARY KEY, note text)"
_UPSERT = "INSERT INTO bench VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET note = excluded.note"


@login_not_required
def bare_save(request: HttpRequest) -> HttpResponse:
    """One select, one upsert: the least that saving something takes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT note FROM bench WHERE id = 1")
        cursor.fetchone()
        cursor.execute(_UPSERT, [request.POST["note"]])
    return HttpResponse("saved")


urlpatterns = [*application, path("bare-save/", bare_save)]
