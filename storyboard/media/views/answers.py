"""How views of the library answer: the shelf and a toast for htmx, a redirect for everybody else."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from storyboard.live.queries import position
from storyboard.media import queries
from storyboard.media.formats import ACCEPT
from storyboard.media.forms import AssetForm, FindForm, ImportForm
from storyboard.pages import toast
from storyboard.teams.decorators import SignedInRequest, wants_fragment
from storyboard.teams.models import Membership, Role

A_PAGE = 48


def shelf(request: SignedInRequest, own: Membership, wanted: FindForm) -> dict[str, Any]:
    """What the library shows of itself: what is on its way, what is there, how much room there is."""
    found = wanted.cleaned_data if wanted.is_valid() else {}
    text, kind, tag = found.get("text", ""), found.get("kind", ""), found.get("tag", "")
    references = queries.chosen(queries.references_of(own.team), text=text, kinds=[kind] if kind else [], tag=tag)
    page = Paginator(references, A_PAGE).get_page(request.GET.get("page"))
    uses = queries.uses_of(page)
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "team": own.team,
        "own": own,
        "may_edit": own.role >= Role.EDITOR,
        "page": page,
        "cards": [(reference, uses[reference.pk]) for reference in page],
        "room": queries.room(own.team),
        "arriving": queries.arriving(own.team, request.user),
        "tags": queries.tags_of(own.team),
        "find": found,
        "filtered": bool(text or kind or tag),
        "query": query.urlencode(),
    }


def library_page(request: SignedInRequest, own: Membership, *, status: int = 200, **extra: Any) -> HttpResponse:
    # Read before the rows: what changes in between is fetched again, not missed.
    extra["position"] = position(own.team.channel)
    forms = {"import_form": ImportForm(prefix="import"), "asset_form": AssetForm(prefix="asset"), "accept": ACCEPT}
    context = shelf(request, own, FindForm(request.GET)) | forms | extra
    return render(request, "media/library.html", context, status=status)


def done(request: SignedInRequest, own: Membership, sentence: str) -> HttpResponse:
    """It was done: the shelf as it is now, and a sentence that says so."""
    if wants_fragment(request):
        response = render(request, "media/library.html#shelf", shelf(request, own, FindForm(request.GET)))
        return toast(response, sentence)
    messages.success(request, sentence)
    return redirect("library", own.team.public_id)
