"""A Django project in one file, with those settings of `startproject` that affect what is sent.

HOST, PORT and SITE come from the environment. The pages are templates; the other files are served by the view that the documentation
names for development (`django.conf.urls.static.static`): no `STATIC_URL` can cover `/style.css` and leave `/` to the page.
"""

import os
import sys

from django.conf import settings
from django.conf.urls.static import static
from django.core.management import execute_from_command_line
from django.urls import path
from django.views.generic import TemplateView

SITE = os.environ["SITE"]

settings.configure(
    DEBUG=True,
    SECRET_KEY="django-insecure-wirematrix",
    ALLOWED_HOSTS=[],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [SITE]}],
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)

urlpatterns = [
    path("", TemplateView.as_view(template_name="index.html")),
    path("cards.html", TemplateView.as_view(template_name="cards.html")),
    *static("/", document_root=SITE),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
