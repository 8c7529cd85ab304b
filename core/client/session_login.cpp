// Session: CONNECT, INFO, timers of the login and of liveness (spec client-protocol.md 2, 3 and 6).
#include "base/text.h"
#include "client/clients.h"
#include "protocol/connect_trace.h"

namespace midge {
namespace {

constexpr int64_t client_protocol_max = 1;
constexpr int64_t info_protocol = 1;  // from which on a client takes further INFOs

}  // namespace

// Of the server as it is now.
ServerInfoFields Session::server_info() const {
    ServerInfoFields info = role().info();
    if (info.port == 0) info.port = listener().bound_port;
    info.lame_duck = server().lame_duck;
    return info;
}

void Session::send_info(bool with_connect_info) {
    ServerInfoFields info = server_info();
    ConnectionInfoFields connection;
    connection.client_id = id();
    if (knows_address()) connection.client_ip = address().ip;
    if (with_connect_info) {
        connection.connect_info = true;
        connection.remote_account = grant_.account->name();
        connection.account_is_system = grant_.account->is_system();
        info.payload_bytes_max = limits_.payload_bytes_max;
    } else {
        connection.nonce = nonce_;
    }
    send(info_line(info, connection));
}

bool Session::send_lame_duck_info() {
    if (closed() || !connected_ || protocol_ < info_protocol || info_due_) return false;
    ServerInfoFields info = server_info();
    info.lame_duck = true;
    ConnectionInfoFields connection;
    connection.client_id = id();
    connection.client_ip = address().ip;
    send(info_line(info, connection));
    return true;
}

void Session::apply_limits() {
    const Options& options = loop().settings().options;
    limits_.control_line_bytes_max = static_cast<size_t>(options.control_line_bytes_max);
    limits_.payload_bytes_max = options.payload_bytes_max;
    const auto lower = [](int64_t& limit, int64_t other) {
        if (other != no_limit) limit = std::min(limit, other);
    };
    lower(limits_.payload_bytes_max, grant_.payload_bytes_max);
    subscriptions_max_ =
        options.subscriptions_max > 0 ? options.subscriptions_max : subscriptions_unlimited;
    lower(subscriptions_max_, grant_.subscriptions_max);
    if (grant_.account == nullptr) return;
    const AccountQuota quota = grant_.account->quota();
    lower(limits_.payload_bytes_max, quota.payload_bytes);
    lower(subscriptions_max_, quota.subscriptions);
}

// What a user may be found by where certificates are mapped to users: nobody without TLS.
std::optional<CertificateNames> Session::certificate_names() const {
    const auto& options = listener().tls_options;
    if (!options || !options->verify_and_map) return std::nullopt;
    if (tls() == nullptr) return CertificateNames{};
    TlsStream::PeerNames names = tls()->peer_names();
    return CertificateNames{std::move(names.alternatives), std::move(names.subject)};
}

// What a callout service is told of the connection.
std::optional<CalloutTls> Session::callout_tls() const {
    if (tls() == nullptr || !authenticator().may_call_out()) return std::nullopt;
    return CalloutTls{tls()->version(), tls()->cipher_suite(), tls()->verified_chain()};
}

void Session::take_cookies(ConnectOptions& connect) const {
    const auto fill = [](std::string& field, const std::string& cookie) {
        if (field.empty()) field = cookie;
    };
    const CookieValues& cookies = websocket()->cookies;
    fill(connect.jwt, cookies.jwt);
    fill(connect.user, cookies.user);
    fill(connect.pass, cookies.password);
    fill(connect.auth_token, cookies.token);
}

// What a CONNECT changes: the defaults, or what the one before said.
ConnectOptions Session::connect_so_far() const {
    ConnectOptions connect;
    if (!profile_) return connect;
    if (profile_->given) static_cast<ConnectCredentials&>(connect) = *profile_->given;
    connect.verbose = verbose_;
    connect.pedantic = pedantic_;
    connect.echo = echo_;
    connect.headers = headers_;
    connect.no_responders = no_responders_;
    connect.protocol = protocol_;
    connect.name = outbound().peer_name();
    connect.lang = profile_->lang;
    connect.version = profile_->version;
    return connect;
}

void Session::keep_connect(const ConnectOptions& connect) {
    verbose_ = connect.verbose;
    pedantic_ = connect.pedantic;
    echo_ = connect.echo;
    headers_ = connect.headers && loop().settings().options.header_support;
    no_responders_ = connect.no_responders;
    protocol_ =
        static_cast<int>(std::clamp<int64_t>(connect.protocol, -1, client_protocol_max + 1));
    outbound().set_peer_name(connect.name);
    const auto operators = server().registry.operators();
    profile_ = std::make_unique<ClientProfile>(connect, operators && !operators->empty());
}

bool Session::on_connect(std::string_view json) {
    if (loop().lane().tracing()) [[unlikely]]
        trace_in("CONNECT", redacted_connect(json));
    ConnectOptions connect = connect_so_far();
    if (auto read = read_connect(json, connect); !read) {
        log(LogLevel::error, "{}", read.error().text);
        close(CloseReason::protocol_violation);
        return false;
    }
    if (websocket()) take_cookies(connect);
    if (rtt_nanos() == 0) set_rtt(wall_now() - start_time());
    keep_connect(connect);

    log_in({std::move(connect), nonce_, address().ip, certificate_names(), callout_tls(), id()});
    if (closed()) return false;
    if (!logging_in_) return true;
    // The account's JWT is on its way: what the client has sent meanwhile waits.
    pause_input();
    return false;
}

void Session::log_in(LoginRequest request) {
    logging_in_ = true;
    request.waiting = profile_->login = std::make_shared<std::atomic<bool>>(true);
    EventLoop& loop = this->loop();
    const std::shared_ptr<const Authenticator> judge = role().authenticator();
    judge->login(
        request, [&loop, id = id(), judge, request](Result<LoginGrant> grant, LoginCase how) {
            auto finish = [&loop, id, judge, request, how, grant = std::move(grant)]() mutable {
                if (Session* const session = as_client(loop.find(id)))
                    session->finish_login(*judge, std::move(request), std::move(grant), how);
            };
            if (loop.reactor().on_own_thread()) {
                finish();
            } else {
                loop.post(std::move(finish));
            }
        });
}

void Session::finish_login(const Authenticator& judge, LoginRequest request,
                           Result<LoginGrant> grant, LoginCase how) {
    if (closed() || !logging_in_) return;
    // A reload, a revocation or the like came while this waited for a hash, a service or a
    // resolver.
    const bool is_in_force = &authenticator() == &judge;
    if (!is_in_force || (grant && !grant->fits_claims())) {
        log_in(std::move(request));
        return;
    }
    logging_in_ = false;
    profile_->login = nullptr;
    if (grant) grant->claims = nullptr;
    if (!grant) {
        refuse_login(grant.error(), how);
        return;
    }
    if (grant->called_out) profile_->shows_jwt = false;  // it is of whom it was before
    if (!accept_login(std::move(*grant))) return;
    connected_ = true;
    info_due_ = protocol_ >= info_protocol && !answered_ping_;
    if (!check_connect_options()) return;
    show_log_prefix();
    note_left_out();
    publish_connect();
    send_ok();
    if (paused()) resume_input();
}

void Session::note_left_out() const {
    if (!grant_.permissions) return;
    for (const std::string& entry : grant_.permissions->spec().left_out) {
        log(LogLevel::warn,
            "permission {} of the signing key's template is left out: the user has no good value "
            "for it",
            entry);
    }
}

// A client that begins with something else than CONNECT is somebody where nobody has to log in, or
// where the configuration says who (`no_auth_user`). Until then it takes no place in an account.
bool Session::enter_without_connect() {
    auto grant = authenticator().anonymous(certificate_names());
    return grant && accept_login(std::move(*grant));
}

// The one place where a session comes to an account, or changes it.
bool Session::enter_account(LoginGrant grant) {
    const bool same_account = counted_in_ && grant.account == grant_.account;
    if (!same_account) leave_account();
    // Where nobody has to log in, CONNECT may come after other commands; a second one begins anew.
    const bool goes_on = same_account && !connected_ && grant.user.empty();
    if (!goes_on) subscriptions_.drop_all();
    grant_ = std::move(grant);
    subscriptions_.enter(grant_.account);
    if (!same_account) counted_in_ = grant_.account->client_connected();
    return counted_in_;
}

bool Session::accept_login(LoginGrant grant) {
    if (!enter_account(std::move(grant))) {
        close_with(WireError::maximum_account_connections_exceeded,
                   CloseReason::maximum_account_connections_exceeded);
        return false;
    }
    if (!enter_as_user()) return false;
    renew_account();
    renew_reply_permits();
    limits_.connect_required = false;
    limits_.headers = headers_;
    apply_limits();
    loop().reactor().cancel(auth_timer_);
    auth_timer_ = no_timer;
    start_expiry_timer();
    return true;
}

bool Session::check_connect_options() {
    if (protocol_ < 0 || protocol_ > client_protocol_max) {
        close_with(WireError::invalid_client_protocol, CloseReason::bad_client_protocol_version);
        return false;
    }
    if (no_responders_ && !headers_) {
        close_with(WireError::no_responders_requires_headers,
                   CloseReason::no_responders_requires_headers);
        return false;
    }
    return true;
}

void Session::refuse_login(const Error& why, LoginCase how) {
    log_with(LogLevel::error, {{"reason", why.text}}, "authentication error{}: {}",
             profile_ ? profile_->offered_label() : std::string(), why.text);
    note_failed_login();
    publish_auth_error(why, how);
    close_with(WireError::authorization_violation, how.reason);
}

void Session::on_reload() {
    if (closed()) return;
    if (awaits_tls() && !listener().tls) {
        close(CloseReason::tls_handshake_failure);
        return;
    }
    if (counted_in_ && !authenticator().still_trusts_proxy(grant_)) {
        close_with(WireError::authorization_violation, CloseReason::proxy_not_trusted);
        return;
    }
    const bool by_configuration = !grant_.jwt_login || grant_.called_out;
    std::optional<Renewal> renewal;
    if (counted_in_ && by_configuration) {
        renewal = renew_grant();
        if (renewal->standing != Renewal::Standing::stays) return;
    }
    apply_limits();
    // A reload lets in a user anew, and nobody is let in at the limit. Subscriptions that it may
    // not have any more count, as in nats-server.
    if (is_over_subscriptions_max(by_configuration && !grant_.user.empty())) {
        close_with(WireError::maximum_subscriptions_exceeded,
                   CloseReason::maximum_subscriptions_exceeded);
        return;
    }
    if (renewal) change_permissions(std::move(renewal->permissions));
    renew_account();
    show_log_prefix();
    const bool waits = loop().settings().options.slow_consumers == SlowConsumerPolicy::wait;
    if (awaited_ && !waits) end_wait();
}

// Users may have gone or changed: only those stay whom the new configuration would let in. The
// others are closed.
Renewal Session::renew_grant() {
    Renewal renewal =
        authenticator().renew(grant_, profile_ ? profile_->named_user() : std::string());
    switch (renewal.standing) {
        case Renewal::Standing::gone:
            close(CloseReason::client_closed);
            break;
        case Renewal::Standing::refused:
            close_with(WireError::authorization_violation, CloseReason::authentication_failure);
            break;
        case Renewal::Standing::stays:
            break;
    }
    return renewal;
}

// Whether the key that signed the user is still one of the account's, with the same scope.
bool Session::renew_scope(const std::shared_ptr<const AccountClaims>& claims) {
    if (grant_.details().issuer_key == claims->sub) return true;
    const auto signer = claims->signing_keys.find(grant_.details().issuer_key);
    if (signer == claims->signing_keys.end()) return false;
    const std::optional<UserScope>& scope = signer->second;
    if (scope.has_value() != (grant_.scope != nullptr)) return false;
    if (!scope) return true;
    if (*scope != *grant_.scope) return false;
    // So that older claims are not kept.
    grant_.scope = std::shared_ptr<const UserScope>(claims, &*scope);
    return true;
}

bool Session::is_over_subscriptions_max(bool at_it) const noexcept {
    const auto count = static_cast<int64_t>(subscriptions_.size());
    return count > subscriptions_max_ || (at_it && count == subscriptions_max_);
}

// What the session keeps of its account, and what it has judged by that.
void Session::renew_account() {
    if (grant_.account != nullptr) {
        mappings_ = grant_.account->mappings();
        subscriptions_.renew_imports();
    }
    last_allowed_subject_.clear();
    repeats_allowed_ = false;
}

// Limits that new claims changed. A connection over its new limit of subscriptions is
// closed (spec jwt-nkeys.md 6).
void Session::renew_limits() {
    const int64_t payload_before = limits_.payload_bytes_max;
    apply_limits();
    if (is_over_subscriptions_max(false)) {
        close_with(WireError::maximum_subscriptions_exceeded,
                   CloseReason::maximum_subscriptions_exceeded);
        return;
    }
    if (static_cast<int64_t>(subscriptions_.size()) == subscriptions_max_)
        log(LogLevel::debug, "stays with the {} subscriptions that it may have",
            subscriptions_max_);
    if (limits_.payload_bytes_max != payload_before && protocol_ >= info_protocol && connected_)
        send_info(true);
}

void Session::on_account_claims(const AccountTerms& terms) {
    if (closed() || !connected_) return;
    const AccountClaims& claims = *terms.claims;
    if (is_revoked(claims.revocations, grant_.user, grant_.details().issued_at)) {
        close_with(WireError::user_authentication_revoked, CloseReason::credentials_revoked);
        return;
    }
    if (grant_.bearer && claims.limits.disallow_bearer) {
        close_with(WireError::authorization_violation, CloseReason::authentication_failure);
        return;
    }
    if (grant_.jwt_login && !grant_.called_out && !renew_scope(terms.claims)) {
        close(CloseReason::authentication_failure);
        return;
    }
    if (grant_.default_permissions) change_permissions(terms.default_permissions);
    renew_account();
    renew_limits();
}

// All that a session has in its account goes with it.
void Session::leave_account() {
    if (!counted_in_) return;
    subscriptions_.drop_all();
    subscriptions_.enter(nullptr);
    mappings_ = nullptr;
    reply_permits_ = {};
    last_allowed_subject_.clear();
    repeats_allowed_ = false;
    counted_in_ = false;
    grant_.account->client_disconnected();
}

// The wall's clock decides, which may be set while the timer runs: it is asked again at least once
// an hour.
void Session::start_expiry_timer() {
    loop().reactor().cancel(expiry_timer_);
    expiry_timer_ = no_timer;
    if (grant_.expires_at == 0) return;
    expiry_timer_ = loop().reactor().after(time_to_expiry(grant_.expires_at), [this] {
        expiry_timer_ = no_timer;
        if (wall_now_seconds() <= grant_.expires_at) {
            start_expiry_timer();
            return;
        }
        close_with(WireError::user_authentication_expired, CloseReason::authentication_expired);
    });
}

void Session::start_auth_timer() {
    auth_timer_ = loop().reactor().after(role().auth_timeout(), [this, began = logging_in_] {
        auth_timer_ = no_timer;
        // Whoever decides about it gets as long again.
        if (logging_in_ && !began) {
            start_auth_timer();
            return;
        }
        log(LogLevel::debug, "Authentication timeout");
        close_with(WireError::authentication_timeout, CloseReason::authentication_timeout);
    });
}

bool Session::on_ping() {
    trace_in("PING", {});
    trace_out("PONG");
    send("PONG\r\n");
    answered_ping_ = answered_ping_ || connected_;
    if (info_due_) {
        info_due_ = false;
        send_info(true);
    }
    return true;
}

bool Session::on_pong() {
    trace_in("PONG", {});
    note_pong();
    return true;
}

bool Session::on_client_error(std::string_view text) {
    constexpr size_t shown_bytes_max = 256;
    log(LogLevel::error, "Client Error {}", text.substr(0, shown_bytes_max));
    close(CloseReason::client_closed);
    return false;
}

}  // namespace midge
