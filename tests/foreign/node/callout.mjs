// A callout service made of what NATS publishes for JavaScript, and clients that it is asked about.
// It lets in who has the password "open".
//   CALLOUT_URL
//   CALLOUT_SERVICE_USER, CALLOUT_SERVICE_PASSWORD or CALLOUT_SERVICE_CREDS  of the service itself
//   CALLOUT_GUEST_CREDS  what clients have beside user and password; empty: nothing
//   CALLOUT_SEED         of the account key that signs answers
//   CALLOUT_USER_SEED    of the account key that signs users
//   CALLOUT_AUDIENCE     account for the users; empty: that of the key
//   CALLOUT_CURVE        seed of the curve key that requests are sealed for; empty: they are not
import { readFileSync } from "node:fs";
import * as jwt from "@nats-io/jwt";
import * as nkeys from "@nats-io/nkeys";
import { connect, credsAuthenticator, usernamePasswordAuthenticator } from "nats";

const { env } = process;
const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const issuer = nkeys.fromSeed(bytes(env.CALLOUT_SEED));
const userIssuer = nkeys.fromSeed(bytes(env.CALLOUT_USER_SEED));
const curve = env.CALLOUT_CURVE ? nkeys.fromCurveSeed(bytes(env.CALLOUT_CURVE)) : null;
const servers = env.CALLOUT_URL;

const check = (what, good) => {
  console.log(`${good ? "ok  " : "FAIL"} ${what}`);
  if (!good) process.exitCode = 1;
};

const answer = async (request) => {
  const { connect_opts: offered, user_nkey, server_id } = request.nats;
  let body = { error: "the password is wrong" };
  if (offered.pass === "open") {
    const rights = { pub: { allow: ["mine", "_INBOX.>"] }, sub: { allow: ["mine", "_INBOX.>"] } };
    const options = env.CALLOUT_AUDIENCE ? { aud: env.CALLOUT_AUDIENCE } : {};
    body = { jwt: await jwt.encodeUser(offered.user, nkeys.fromPublic(user_nkey), userIssuer, rights, options) };
  }
  return jwt.encodeAuthorizationResponse(
    nkeys.fromPublic(user_nkey), nkeys.fromPublic(server_id.id), issuer, body, { aud: server_id.id });
};

const fromCreds = (path) => (path ? [credsAuthenticator(readFileSync(path))] : []);
const withPassword = (user, password) => usernamePasswordAuthenticator(user, password);

const service = await connect({
  servers,
  authenticator: env.CALLOUT_SERVICE_CREDS
    ? fromCreds(env.CALLOUT_SERVICE_CREDS)
    : withPassword(env.CALLOUT_SERVICE_USER, env.CALLOUT_SERVICE_PASSWORD),
});
const asGuest = (user, password) => ({
  servers, reconnect: false, authenticator: [...fromCreds(env.CALLOUT_GUEST_CREDS), withPassword(user, password)],
});
let sealed = 0;
service.subscribe("$SYS.REQ.USER.AUTH", {
  callback: async (error, message) => {
    const sender = message.headers?.get("Nats-Server-Xkey");
    if (sender) sealed += 1;
    const request = jwt.decode(text(sender ? curve.open(message.data, sender) : message.data));
    const token = bytes(await answer(request));
    message.respond(sender ? curve.seal(token, sender) : token);
  },
});
await service.flush();

const alice = await connect(asGuest("alice", "open"));
const messages = alice.subscribe("mine", { max: 1 });
alice.publish("mine", "hello");
for await (const message of messages) check("who is let in publishes and subscribes", message.string() === "hello");

const denied = (async () => {
  for await (const status of alice.status()) if (status.type === "error") return status.data;
})();
alice.publish("others");
await alice.flush();
check("its permissions hold", (await denied) === "PERMISSIONS_VIOLATION");

try {
  await connect(asGuest("bob", "shut"));
  check("who is not let in stays out", false);
} catch (error) {
  check("who is not let in stays out", error.code === "AUTHORIZATION_VIOLATION");
}
check("requests are sealed if that was asked for", sealed > 0 === (curve !== null));
await alice.close();
await service.close();
