// The certified provider `oidc-provider` as strict as it gets: PKCE required, exact addresses, time of login in the token.
// Arguments: its own port, the address of the app. Called by tests/browser/test_strict.py.
import Provider from "oidc-provider";

const [port, app] = process.argv.slice(2);
const groups = { lea: ["rb-leitung"], paul: ["rb-planung"], anna: ["rb-ausschuss"] };

const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
        {
            client_id: "raumblick",
            client_secret: "geheim",
            redirect_uris: [`${app}/oauth2callback`],
            post_logout_redirect_uris: [`${app}/oauth2callback`],
            require_auth_time: true,
        },
    ],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
    conformIdTokenClaims: false, // groups stand in the ID token, as docs/ANMELDUNG.md asks for
    cookies: { keys: ["only for tests"] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, groups: groups[sub] ?? [] }) }),
    pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
