"""A page with 50 rows of the table of clients: the least that a list can cost."""

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

ROWS = 50


class Row(models.Model):  # noqa: DJ008 - nobody prints it
    """The columns that the list shows, without anything of the console round them."""

    uuid = models.CharField(primary_key=True, max_length=36)
    client_id = models.CharField(max_length=255)
    description = models.TextField()
    enabled = models.BooleanField()
    access_token_lifespan = models.IntegerField(null=True)
    secret_created_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=255)
    objects: models.Manager["Row"] = models.Manager()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "apiclients_indexedclient"


def clients(request: HttpRequest) -> HttpResponse:
    request.session.get("person")  # as any page does that is not for everybody
    rows = Row.objects.order_by("client_id")[:ROWS]
    return render(request, "bare.html", {"rows": rows})


urlpatterns = [path("", clients)]
