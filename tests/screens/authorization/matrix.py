"""Who gets which answer: every address, by method, person and object. Data, no code.

People
    account  holds administer-account
    clients  holds administer-clients
    lost     held administer-clients until a moment ago: their session still says so
    visitor  signed in, holds neither
    over     their session is over: too long idle, or too old
    nobody   never signed in
Objects
    account, clients, lost, visitor, over, nobody: one that is there, and theirs
    beyond   a client with roles that administer-clients may not hand out, for `clients`
    missing  no such object; and for `account` and `clients` alike what is not theirs to
             see: protected clients, Keycloak's own, the console's, other kinds of
             client, somebody else's bulk run. All of these have one and the same answer
writes       how many changes go to Keycloak or Imply Manager where the answer is as for
             `account`; wherever it is another one, none
Answers
    a number, or `sign-in` (302 to the page for that), `no-role` (403, which role is
    needed, on record), `beyond` (403, which roles stand in the way, on record);
    `-` where there is no such object. What has no line is 405 for everybody.
"""

MATRIX = """
address                       method account clients beyond  missing lost    visitor over    nobody  writes
console:home                  GET    200     200     -       -       200     no-role sign-in sign-in 0
console:theme                 POST   302     302     -       -       302     302     302     302     0
console:sign-in               GET    302     302     -       -       302     302     200     200     0
console:sign-in-again         GET    200     200     -       -       200     no-role sign-in sign-in 0
console:sign-in-start         POST   302     302     -       -       302     302     302     302     0
console:sign-in-callback      GET    400     400     -       -       400     400     400     400     0
console:sign-out              POST   302     302     -       -       302     302     302     302     0
console:back-channel-logout   POST   400     400     -       -       400     400     400     400     0
console:healthz               GET    200     200     -       -       200     200     200     200     0
console:readyz                GET    200     200     -       -       200     200     200     200     0
console:metrics               GET    401     401     -       -       401     401     401     401     0
apiclients:list               GET    200     200     -       -       200     no-role sign-in sign-in 0
apiclients:refresh            POST   302     302     -       -       302     no-role sign-in sign-in 0
apiclients:export             POST   200     200     -       -       200     no-role sign-in sign-in 0
apiclients:bulk               POST   302     302     302     302     302     no-role sign-in sign-in 0
apiclients:bulk-run           GET    200     200     -       404     200     no-role sign-in sign-in 0
apiclients:bulk-run           POST   302     302     -       404     302     no-role sign-in sign-in 0
apiclients:bulk-resume        POST   302     302     -       404     302     no-role sign-in sign-in 0
apiclients:create             GET    200     200     -       -       200     no-role sign-in sign-in 0
apiclients:create             POST   302     302     -       -       no-role no-role sign-in sign-in 1
apiclients:settings           GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:settings           POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:credentials        GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:secret-show        GET    302     302     302     404     302     no-role sign-in sign-in 0
apiclients:secret-show        POST   200     200     beyond  404     no-role no-role sign-in sign-in 0
apiclients:secret-copy        POST   200     200     beyond  404     no-role no-role sign-in sign-in 0
apiclients:secret-regenerate  GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:secret-regenerate  POST   200     200     beyond  404     no-role no-role sign-in sign-in 1
apiclients:permissions        GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:permissions-assign GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:permissions-assign POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:permission-remove  POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:tokens             GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:token-download     POST   200     200     beyond  404     no-role no-role sign-in sign-in 0
apiclients:token-inspect      GET    302     302     302     404     302     no-role sign-in sign-in 0
apiclients:token-inspect      POST   200     200     200     404     200     no-role sign-in sign-in 0
apiclients:token-test         GET    302     302     302     404     302     no-role sign-in sign-in 0
apiclients:token-test         POST   200     200     200     404     no-role no-role sign-in sign-in 0
apiclients:token-revoke       GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:token-revoke       POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:activity           GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:disable            GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:disable            POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:enable             GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:enable             POST   302     302     302     404     no-role no-role sign-in sign-in 1
apiclients:delete             GET    200     200     200     404     200     no-role sign-in sign-in 0
apiclients:delete             POST   302     302     302     404     no-role no-role sign-in sign-in 1
clusters:list                 GET    200     200     -       -       200     no-role sign-in sign-in 0
clusters:overview             GET    200     200     -       404     200     no-role sign-in sign-in 0
clusters:setup                GET    200     200     -       404     200     no-role sign-in sign-in 0
clusters:flags                GET    200     200     -       404     200     no-role sign-in sign-in 0
clusters:restart              GET    200     302     -       404     302     no-role sign-in sign-in 0
clusters:restart              POST   302     403     -       404     no-role no-role sign-in sign-in 1
audit:list                    GET    200     200     -       -       200     no-role sign-in sign-in 0
audit:export                  POST   200     200     -       -       200     no-role sign-in sign-in 0
audit:entry                   GET    200     200     -       404     200     no-role sign-in sign-in 0
audit:check                   POST   302     302     -       404     302     no-role sign-in sign-in 0
audit:release                 POST   302     302     -       404     no-role no-role sign-in sign-in 0
"""  # noqa: E501
