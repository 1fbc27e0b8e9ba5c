"""A team's connections: the list, adding one, and one of them."""

from django.urls import path

from storyboard.connections.views import adding, changes, connection, keys, listing, prices

ONE = "teams/<id:team_id>/connections/<id:connection_id>/"

urlpatterns = [
    path("teams/<id:team_id>/connections/", listing.connections, name="connections"),
    path("teams/<id:team_id>/connections/list/", listing.connection_list, name="connection_list"),
    path("teams/<id:team_id>/connections/add/", adding.connection_vendors, name="connection_vendors"),
    path("teams/<id:team_id>/connections/add/<slug:vendor>/", adding.connection_add, name="connection_add"),
    path(ONE, connection.connection, name="connection"),
    path(f"{ONE}status/", connection.connection_status, name="connection_status"),
    path(f"{ONE}key/", keys.connection_key, name="connection_key"),
    path(f"{ONE}prices/", prices.connection_prices, name="connection_prices"),
    path(f"{ONE}test/", changes.connection_test, name="connection_test"),
    path(f"{ONE}disable/", changes.connection_disable, name="connection_disable"),
    path(f"{ONE}enable/", changes.connection_enable, name="connection_enable"),
    path(f"{ONE}delete/", changes.connection_delete, name="connection_delete"),
]
