from tests.browser.test_secrets import *
def test_x(credentials, scene):
    credentials.context.on("request", lambda r: print(r.method, r.url) if "static" not in r.url else None)
    secret = steps.regenerate_secret(credentials)
    leave(credentials, "Go to Credentials")
    print("BACK")
    come_back(credentials)
    credentials.wait_for_timeout(1500)
    print(credentials.url, credentials.inner_text("body")[:600])
