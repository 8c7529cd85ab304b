// A callout service made of what NATS publishes for JavaScript, and clients that it is asked about.
// It lets in who has the password "open", to the account CALLOUT_AUDIENCE.
//   CALLOUT_URL, CALLOUT_SERVICE_USER, CALLOUT_SERVICE_PASSWORD
//   CALLOUT_SEED   of the account key that signs
//   CALLOUT_CURVE  seed of the curve key that requests are sealed for; empty: they are not
import * as jwt from "@nats-io/jwt";
import * as nkeys from "@nats-io/nkeys";
import { connect } from "nats";

const { env } = process;
const bytes = (text) => new TextEncoder().encode(text);
const text = (data) => new TextDecoder().decode(data);
const issuer = nkeys.fromSeed(bytes(env.CALLOUT_SEED));
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
    const options = { aud: env.CALLOUT_AUDIENCE };
    body = { jwt: await jwt.encodeUser(offered.user, nkeys.fromPublic(user_nkey), issuer, rights, options) };
  }
  return jwt.encodeAuthorizationResponse(
    nkeys.fromPublic(user_nkey), nkeys.fromPublic(server_id.id), issuer, body, { aud: server_id.id });
};

const service = await connect({
  servers, user: env.CALLOUT_SERVICE_USER, pass: env.CALLOUT_SERVICE_PASSWORD,
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

const alice = await connect({ servers, user: "alice", pass: "open" });
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
  await connect({ servers, user: "bob", pass: "shut", reconnect: false });
  check("who is not let in stays out", false);
} catch (error) {
  check("who is not let in stays out", error.code === "AUTHORIZATION_VIOLATION");
}
check("requests are sealed if that was asked for", sealed > 0 === (curve !== null));
await alice.close();
await service.close();
