#include "client/client_login.h"

#include "base/encoding.h"
#include "base/random.h"
#include "client/client_events.h"
#include "client/client_reports.h"
#include "client/client_role.h"
#include "client/clients.h"
#include "client/subscribing.h"
#include "protocol/connect_trace.h"

namespace midge {
namespace {

// What users may be found by where certificates are mapped to users: nothing without TLS.
std::optional<CertificateNames> certificate_names(const Connection& connection) {
    const auto& options = connection.listener().tls_options;
    if (!options || !options->verify_and_map) return std::nullopt;
    if (connection.tls() == nullptr) return CertificateNames{};
    TlsStream::PeerNames names = connection.tls()->peer_names();
    return CertificateNames{std::move(names.alternatives), std::move(names.subject)};
}

// What a callout service is told of the connection.
std::optional<CalloutTls> callout_tls(const Connection& connection, const Authenticator& judge) {
    const TlsStream* const tls = connection.tls();
    if (tls == nullptr || !judge.may_call_out()) return std::nullopt;
    return CalloutTls{tls->version(), tls->cipher_suite(), tls->verified_chain()};
}

// What CONNECT does not say.
void take_cookies(const CookieValues& cookies, ConnectOptions& connect) {
    const auto fill = [](std::string& field, const std::string& cookie) {
        if (field.empty()) field = cookie;
    };
    fill(connect.jwt, cookies.jwt);
    fill(connect.user, cookies.user);
    fill(connect.pass, cookies.password);
    fill(connect.auth_token, cookies.token);
}

void note_left_out(const Connection& connection, const LoginGrant& grant) {
    if (!grant.permissions) return;
    for (const std::string& entry : grant.permissions->spec().left_out) {
        connection.log(LogLevel::warn,
                       "permission {} of the signing key's template is left out: the user has no "
                       "good value for it",
                       entry);
    }
}

}  // namespace

ClientLogin::~ClientLogin() {
    for (const TimerId timer : {deadline_, expiry_}) connection_.loop().reactor().cancel(timer);
}

void ClientLogin::prepare() {
    apply_limits();
    const Authenticator& judge = *client_role(connection_).authenticator();
    client_.limits.connect_required = judge.required();
    if (judge.uses_nonce()) nonce_ = base64url_encode(random_bytes(11));
}

void ClientLogin::open() {
    const Authenticator& judge = *client_role(connection_).authenticator();
    if (!judge.has_users() && !enter_without_connect()) return;
    client_.limits.connect_required = !client_.counted_in;
    if (client_.limits.connect_required) start_deadline();
}

void ClientLogin::connect(std::string_view json) {
    ConnectState& state = client_.connect;
    ConnectOptions options = state.so_far(connection_.outbound().peer_name());
    if (auto read = read_connect(json, options); !read) {
        const std::string& why = read.error().text;
        connection_.log_with(LogLevel::error, {{"reason", why}}, "{}", why);
        connection_.close(CloseReason::protocol_violation);
        return;
    }
    if (const WebsocketPeer* const peer = connection_.websocket())
        take_cookies(peer->cookies, options);
    Liveness& liveness = connection_.liveness();
    if (liveness.rtt_nanos() == 0) liveness.set_rtt(wall_now() - connection_.start_time());

    const auto operators = client_role(connection_).server().registry.operators();
    connection_.outbound().set_peer_name(options.name);
    state.keep(options, connection_.loop().settings().options.header_support,
               operators && !operators->empty());
    ask({std::move(options), nonce_, connection_.address().ip, certificate_names(connection_),
         callout_tls(connection_, *client_role(connection_).authenticator()), connection_.id()});
    // The account's JWT is on its way: what the client has sent meanwhile waits.
    if (!connection_.closed() && waiting_) connection_.pause_input();
}

void ClientLogin::ask(LoginRequest request) {
    request.waiting = waiting_ = std::make_shared<std::atomic<bool>>(true);
    EventLoop& loop = connection_.loop();
    const std::shared_ptr<const Authenticator> judge = client_role(connection_).authenticator();
    auto done = [&loop, id = connection_.id(), judge, request](Result<LoginGrant> grant,
                                                               LoginCase how) {
        auto finish = [&loop, id, judge, request, how = std::move(how),
                       grant = std::move(grant)]() mutable {
            if (Session* const session = as_client(loop.find(id)))
                session->login().finish(*judge, std::move(request), std::move(grant), how);
        };
        if (loop.reactor().on_own_thread()) {
            finish();
        } else {
            loop.post(std::move(finish));
        }
    };
    judge->login(std::move(request), std::move(done));
}

void ClientLogin::finish(const Authenticator& judge, LoginRequest request, Result<LoginGrant> grant,
                         const LoginCase& how) {
    if (connection_.closed() || !waiting_) return;
    // A reload, a revocation or the like came while this waited for a hash, a service or a
    // resolver: the settings or claims that it was judged by are not in force any more.
    const bool is_in_force = client_role(connection_).authenticator().get() == &judge;
    if (!is_in_force || (grant && !grant->fits_claims())) {
        ask(std::move(request));
        return;
    }
    waiting_ = nullptr;
    if (!grant) {
        refuse(grant.error(), how);
        return;
    }
    grant->claims = nullptr;
    ConnectState& connect = client_.connect;
    if (grant->called_out) connect.profile->shows_jwt = false;  // it is of whom it was before
    if (!accept(std::move(*grant))) return;
    client_.connected = true;
    client_.info_due = connect.takes_infos() && !client_.answered_ping;
    if (const auto refusal = connect.refusal()) {
        connection_.close_with(refusal->error, refusal->reason);
        return;
    }
    connection_.show_log_prefix();
    note_left_out(connection_, client_.grant);
    publish_connect(connection_, client_);
    send_ok(connection_, connect);
    if (connection_.paused()) connection_.resume_input();
}

bool ClientLogin::enter_without_connect() {
    const auto& judge = client_role(connection_).authenticator();
    auto grant = judge->anonymous(certificate_names(connection_));
    return grant && accept(std::move(*grant));
}

bool ClientLogin::accept(LoginGrant grant) {
    if (!enter_account(std::move(grant))) {
        connection_.close_with(WireError::maximum_account_connections_exceeded,
                               CloseReason::maximum_account_connections_exceeded);
        return false;
    }
    ClientLimits& limits = client_role(connection_).server().limits;
    if (!client_.places.enter_as_user(connection_, limits, client_.grant)) return false;
    renew_account();
    client_.publish_rules.set_reply_permits(client_.grant.permissions.get());
    client_.limits.connect_required = false;
    client_.limits.headers = client_.connect.headers;
    apply_limits();
    connection_.loop().reactor().cancel(deadline_);
    deadline_ = no_timer;
    start_expiry_timer();
    return true;
}

// The one place where a client comes to an account, or changes it. Until then it takes no place in
// an account.
bool ClientLogin::enter_account(LoginGrant grant) {
    const bool same_account = client_.counted_in && grant.account == client_.grant.account;
    if (!same_account) leave_account();
    // Where nobody has to log in, CONNECT may come after other commands; a second one begins anew.
    const bool goes_on = same_account && !client_.connected && grant.user.empty();
    if (!goes_on) client_.subscriptions.drop_all();
    client_.grant = std::move(grant);
    client_.subscriptions.enter(client_.grant.account);
    if (!same_account) client_.counted_in = client_.grant.account->client_connected();
    return client_.counted_in;
}

// All that a client has in its account goes with it.
void ClientLogin::leave_account() {
    if (!client_.counted_in) return;
    client_.subscriptions.drop_all();
    client_.subscriptions.enter(nullptr);
    client_.publish_rules = {};
    client_.counted_in = false;
    client_.grant.account->client_disconnected();
}

void ClientLogin::refuse(const Error& why, const LoginCase& how) {
    const ClientProfile* const profile = client_.connect.profile.get();
    // Whom CONNECT names is more telling than a JWT that many have (a sentinel).
    const bool names_user = profile != nullptr && !profile->offered_user.empty();
    const std::string_view key = names_user ? std::string_view() : how.user_key;
    connection_.log_with(LogLevel::error, {{"user", key}, {"reason", why.text}},
                         "authentication error{}: {}",
                         profile != nullptr ? profile->offered_label() : std::string(), why.text);
    note_failed_login(connection_, client_role(connection_).server().limits);
    publish_auth_error(connection_, client_, why, how);
    report_login_refused(connection_, client_, how.reason, why);
    connection_.close_with(WireError::authorization_violation, how.reason);
}

void ClientLogin::stop_waiting() {
    if (waiting_) *waiting_ = false;
    connection_.loop().reactor().cancel(deadline_);
    deadline_ = no_timer;
}

void ClientLogin::start_deadline() {
    const auto patience = client_role(connection_).auth_timeout();
    const bool is_asked = waiting_ != nullptr;
    deadline_ = connection_.loop().reactor().after(patience, [this, was_asked = is_asked] {
        deadline_ = no_timer;
        // Whoever decides about it gets as long again.
        if (waiting_ && !was_asked) {
            start_deadline();
            return;
        }
        connection_.log_with(LogLevel::debug,
                             {{"reason", reason_text(CloseReason::authentication_timeout)}},
                             "Authentication timeout");
        connection_.close_with(WireError::authentication_timeout,
                               CloseReason::authentication_timeout);
    });
}

// The wall's clock decides, which may be set while the timer runs: it is asked again at least once
// an hour.
void ClientLogin::start_expiry_timer() {
    Reactor& reactor = connection_.loop().reactor();
    reactor.cancel(expiry_);
    expiry_ = no_timer;
    const int64_t expires_at = client_.grant.expires_at;
    if (expires_at == 0) return;
    expiry_ = reactor.after(time_to_expiry(expires_at), [this] {
        expiry_ = no_timer;
        if (wall_now_seconds() <= client_.grant.expires_at) {
            start_expiry_timer();
            return;
        }
        connection_.close_with(WireError::user_authentication_expired,
                               CloseReason::authentication_expired);
    });
}

}  // namespace midge
