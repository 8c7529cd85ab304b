#include "connection.h"

#include <algorithm>
#include <climits>
#include <vector>

#include "base/random.h"
#include "error_text.h"
#include "subject/subject.h"

namespace midge::cli {
namespace {

constexpr int64_t flush_wait_ms = 10'000;
constexpr int64_t drain_wait_ms = 30'000;
// The Go client's limits of a subscription's queue; those of libnats are ten times lower.
constexpr int pending_messages_max = 512 * 1024;
constexpr int pending_bytes_max = 64 * 1024 * 1024;

[[nodiscard]] tl::unexpected<Error> nats_fail(natsStatus status, std::string_view detail = {}) {
    return tl::unexpected<Error>(status_error(status, detail));
}

// Returns the last error of the connection with the Go client's text, or an empty text.
[[nodiscard]] std::string last_error(natsConnection* connection) {
    const char* text = nullptr;
    const natsStatus status = natsConnection_GetLastError(connection, &text);
    if (status == NATS_OK) return {};
    return status_text(status, text == nullptr ? "" : text);
}

// Takes ownership of the message from libnats.
[[nodiscard]] Message take_message(natsMsg* handle) {
    const MessageHandle owner(handle);
    Message message;
    message.subject = natsMsg_GetSubject(handle);
    if (const char* reply = natsMsg_GetReply(handle)) message.reply = reply;
    message.data.assign(natsMsg_GetData(handle),
                        static_cast<size_t>(natsMsg_GetDataLength(handle)));

    const char** keys = nullptr;
    int key_count = 0;
    if (natsMsgHeader_Keys(handle, &keys, &key_count) != NATS_OK) return message;
    std::vector<std::string> names(keys, keys + key_count);
    free(static_cast<void*>(keys));
    // Libnats has a hash table, so there is no original order.
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        const char** values = nullptr;
        int value_count = 0;
        if (natsMsgHeader_Values(handle, name.c_str(), &values, &value_count) != NATS_OK) continue;
        for (int i = 0; i < value_count; ++i) message.headers.emplace_back(name, values[i]);
        free(static_cast<void*>(values));
    }
    return message;
}

}  // namespace

natsStatus Connection::install_callbacks(natsOptions* options) {
    natsStatus status = natsOptions_SetDisconnectedCB(options, on_disconnected, this);
    if (status == NATS_OK) status = natsOptions_SetReconnectedCB(options, on_reconnected, this);
    if (status == NATS_OK) status = natsOptions_SetErrorHandler(options, on_error, this);
    if (status == NATS_OK) status = natsOptions_SetClosedCB(options, on_closed, this);
    if (status == NATS_OK && settings_.reconnect_delay) {
        const auto delay = [](natsConnection*, int attempt, void* self) -> int64_t {
            return static_cast<Connection*>(self)->settings_.reconnect_delay(attempt).count();
        };
        status = natsOptions_SetCustomReconnectDelay(options, delay, this);
    }
    return status;
}

void Connection::on_disconnected(natsConnection* connection, void* closure) {
    auto* self = static_cast<Connection*>(closure);
    if (self->closing() || !self->callbacks_.disconnected) return;
    const std::string reason = last_error(connection);
    self->callbacks_.disconnected(reason.empty() ? "EOF" : reason);
}

void Connection::on_reconnected(natsConnection* connection, void* closure) {
    const auto* self = static_cast<Connection*>(closure);
    char url[512] = {};
    natsConnection_GetConnectedUrl(connection, url, sizeof url);
    if (self->callbacks_.reconnected) self->callbacks_.reconnected(url);
}

void Connection::on_error(natsConnection* connection, natsSubscription*, natsStatus status,
                          void* closure) {
    const auto* self = static_cast<Connection*>(closure);
    if (!self->callbacks_.error) return;
    // Only this side knows about a slow consumer; other errors came from the server with a text.
    const std::string text = status == NATS_SLOW_CONSUMER ? "" : last_error(connection);
    self->callbacks_.error(text.empty() ? status_text(status) : text);
}

void Connection::on_closed(natsConnection* connection, void* closure) {
    auto* self = static_cast<Connection*>(closure);
    if (!self->closing() && self->callbacks_.closed) {
        self->callbacks_.closed(last_error(connection));
    }
    self->unit_ended();
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectSettings& settings,
                                                     ConnectionCallbacks callbacks) {
    std::unique_ptr<Connection> self(new Connection(settings, std::move(callbacks)));
    Result<OptionsHandle> options = make_options(self->settings_);
    if (!options) return pass(options);
    natsStatus status = self->install_callbacks(options->get());
    if (status != NATS_OK) return nats_fail(status, call_detail());
    self->unit_started();  // ended by on_closed
    status = natsConnection_Connect(&self->handle_, options->get());
    // libnats 3.4.1 sends no signature if its first byte is zero, which affects one login in 256
    // (later versions are correct). Therefore logins with a signature are tried twice.
    const bool signs = !settings.creds_file.empty() || !settings.nkey_file.empty();
    if (status == NATS_CONNECTION_AUTH_FAILED && signs) {
        status = natsConnection_Connect(&self->handle_, options->get());
    }
    if (status != NATS_OK) return nats_fail(status, call_detail());
    return self;
}

Connection::~Connection() {
    if (handle_ == nullptr) return;
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    natsConnection_Close(handle_);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return units_ == 0; });
    natsConnection_Destroy(handle_);
}

void Connection::unit_started() {
    const std::lock_guard lock(mutex_);
    ++units_;
}

void Connection::unit_ended() {
    const std::lock_guard lock(mutex_);
    --units_;
    changed_.notify_all();
}

bool Connection::closing() {
    const std::lock_guard lock(mutex_);
    return closing_;
}

Result<> Connection::publish(const Message& message) {
    if (message.data.size() > static_cast<size_t>(INT_MAX)) return nats_fail(NATS_MAX_PAYLOAD);
    // libnats does not check subjects: a text with a blank would become another command, and a
    // subject with an empty part would silently reach nobody.
    for (const std::string* subject : {&message.subject, &message.reply}) {
        const bool absent = subject->empty() && subject == &message.reply;
        if (!absent && !is_valid_subject(*subject)) return nats_fail(NATS_INVALID_SUBJECT);
    }
    natsMsg* raw = nullptr;
    natsStatus status = natsMsg_Create(&raw, message.subject.c_str(),
                                       message.reply.empty() ? nullptr : message.reply.c_str(),
                                       message.data.data(), static_cast<int>(message.data.size()));
    const MessageHandle owner(raw);
    for (const auto& [name, value] : message.headers) {
        if (status != NATS_OK) break;
        status = natsMsgHeader_Add(raw, name.c_str(), value.c_str());
    }
    if (status == NATS_OK) status = natsConnection_PublishMsg(handle_, raw);
    if (status != NATS_OK) return nats_fail(status, call_detail());
    return {};
}

Result<> Connection::flush() {
    const natsStatus status = natsConnection_FlushTimeout(handle_, flush_wait_ms);
    if (const std::string error = last_error(handle_); !error.empty()) return fail(error);
    if (status != NATS_OK) return nats_fail(status);
    return {};
}

Result<SubscriptionHandle> Connection::subscribe(const std::string& subject,
                                                 const std::string& queue, Handler handler) {
    auto closure = std::make_unique<HandlerClosure>(HandlerClosure{this, std::move(handler)});
    const auto on_message = [](natsConnection*, natsSubscription*, natsMsg* message, void* c) {
        static_cast<HandlerClosure*>(c)->handler(take_message(message));
    };
    natsSubscription* raw = nullptr;
    natsStatus status =
        queue.empty()
            ? natsConnection_Subscribe(&raw, handle_, subject.c_str(), on_message, closure.get())
            : natsConnection_QueueSubscribe(&raw, handle_, subject.c_str(), queue.c_str(),
                                            on_message, closure.get());
    SubscriptionHandle subscription(raw);
    if (status != NATS_OK) return nats_fail(status, call_detail());
    unit_started();
    // libnats calls this at the very end of a subscription; the handler cannot be freed earlier.
    const auto on_complete = [](void* c) {
        const std::unique_ptr<HandlerClosure> ended(static_cast<HandlerClosure*>(c));
        ended->connection->unit_ended();
    };
    // Fails only if the connection was closed meanwhile. Its thread may still be in the handler, so
    // the closure is never freed in that case.
    status = natsSubscription_SetOnCompleteCB(raw, on_complete, closure.release());
    if (status != NATS_OK) {
        unit_ended();
        return nats_fail(status);
    }
    status = natsSubscription_SetPendingLimits(raw, pending_messages_max, pending_bytes_max);
    if (status != NATS_OK) return nats_fail(status);
    return subscription;
}

Result<SubscriptionHandle> Connection::subscribe(const std::string& subject) {
    natsSubscription* raw = nullptr;
    const natsStatus status = natsConnection_SubscribeSync(&raw, handle_, subject.c_str());
    if (status != NATS_OK) return nats_fail(status, call_detail());
    return SubscriptionHandle(raw);
}

Result<Message> Connection::next(SubscriptionHandle& subscription, std::chrono::milliseconds wait) {
    natsMsg* raw = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&raw, subscription.get(), wait.count());
    if (status != NATS_OK) return nats_fail(status);
    const bool nobody = natsMsg_IsNoResponders(raw);
    Message message = take_message(raw);
    if (nobody) return nats_fail(NATS_NO_RESPONDERS);
    return message;
}

Result<> Connection::drain() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    const natsStatus status = natsConnection_DrainTimeout(handle_, drain_wait_ms);
    if (status != NATS_OK) return nats_fail(status);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return units_ == 0; });
    return {};
}

std::string Connection::new_inbox() const {
    return settings_.inbox_prefix + "." + nuid();
}

bool Connection::headers_supported() const {
    return natsConnection_HasHeaderSupport(handle_) == NATS_OK;
}

}  // namespace midge::cli
