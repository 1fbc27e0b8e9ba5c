"""The product's addresses and one more: the least that a doorbell can be, a Django view with one insert."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django_q.models import OrmQ

from storyboard.urls import urlpatterns as ours


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    OrmQ.objects.create(key="nobody", payload=request.body.decode())
    return HttpResponse(b'{"ok": true}', content_type="application/json")


urlpatterns = [path("bare/", bare), *ours]
