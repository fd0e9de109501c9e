"""Addresses of suggestions, favourites, saved searches, demands, and of the operator's pages about search."""

from __future__ import annotations

from django.urls import path

from catalog.views import demands, explanation, favourites, searching

urlpatterns = [
    path("search/suggest/", searching.suggest, name="suggest"),
    path("searches/", searching.searches, name="searches"),
    path("searches/save/", searching.save, name="save_search"),
    path("searches/clear/", searching.clear, name="clear_searches"),
    path("searches/keep/", searching.prefer, name="keep_searches"),
    path("searches/<int:search_id>/", searching.change, name="saved_search"),
    path("buyer/favourites/", favourites.favourites, name="favourites"),
    path("buyer/favourites/add/", favourites.add, name="add_favourite"),
    path("buyer/favourites/remove/", favourites.remove, name="remove_favourite"),
    path("buyer/favourites/<int:good_id>/", favourites.favourite, name="favourite"),
    path("buyer/favourites/lists/new/", favourites.favourite_list, name="new_favourite_list"),
    path("buyer/favourites/lists/<int:list_id>/", favourites.favourite_list, name="favourite_list"),
    path(
        "buyer/favourites/lists/<int:list_id>/remove/", favourites.remove_list, name="remove_favourite_list"
    ),
    path("buyer/demands/", demands.demands, name="demands"),
    path("buyer/demands/new/", demands.ask, name="ask"),
    path("buyer/demands/<int:demand_id>/withdraw/", demands.withdraw, name="withdraw_demand"),
    path("operator/demands/", demands.demanded, name="demanded"),
    path("operator/demands/goods/", demands.goods_to_name, name="goods_to_name"),
    path("operator/demands/decide/", demands.decide, name="decide_demand"),
    path("operator/search/", explanation.explanation, name="explanation"),
]
