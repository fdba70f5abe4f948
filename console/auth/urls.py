"""Addresses of signing in and out."""

from django.urls import path

from console.auth import views
from console.auth.back_channel import back_channel_logout

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/again/", views.sign_in_again, name="sign-in-again"),
    path("sign-in/start/", views.sign_in_start, name="sign-in-start"),
    path("sign-in/callback/", views.sign_in_callback, name="sign-in-callback"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sign-out/back-channel/", back_channel_logout, name="back-channel-logout"),
]
