"""The picker: a list of references to choose from, for a dialog on another page.

GET /teams/<id>/library/picker/?kinds=image,video&most=9&chosen=<id>,<id>&text=…

A page loads it with htmx into a <dialog> (`hx-select="#picker"` when it wants that part alone). One may be chosen when
`most` is 1, otherwise several. On “Use” the form sends the DOM event `picked`, which bubbles, with
`detail: {ids: [public ids], field}` (`field` is whatever the page said in the query), and closes its dialog.
"""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.media import queries
from storyboard.media.forms import FindForm
from storyboard.media.models import Kind
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.queries import membership_for

A_PAGE = 60
MOST = 20


@require_safe
@signed_in
def picker(request: SignedInRequest, team_id: str) -> HttpResponse:
    own = membership_for(request.user, team_id)
    kinds = [kind for kind in request.GET.get("kinds", "").split(",") if kind in Kind.values]
    wanted = FindForm(request.GET)
    text = wanted.cleaned_data["text"] if wanted.is_valid() else ""
    found = queries.chosen(queries.references_of(own.team), text=text, kinds=kinds)
    most = request.GET.get("most", "")
    context: dict[str, Any] = {
        "team": own.team,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "chosen": request.GET.get("chosen", "").split(","),
        "kinds": ",".join(kinds),
        "most": min(int(most), MOST) if most.isascii() and most.isdigit() and most != "0" else MOST,
        "field": request.GET.get("field", "")[:80],
        "text": text,
    }
    return render(request, "media/picker.html", context)
