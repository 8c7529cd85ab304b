#include "libnats/foreign_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace midge::foreign {
namespace {

constexpr int64_t reconnect_wait_ms = 50;
constexpr int reconnects_max = 1000;

natsStatus set_identity(natsOptions* options, const Role& role) {
    if (const auto creds = setting(role.prefix + "CREDS")) {
        return natsOptions_SetUserCredentialsFromFiles(options, creds->c_str(), nullptr);
    }
    const auto user = setting(role.prefix + "USER");
    if (!user) return NATS_OK;
    const std::string password = setting(role.prefix + "PASSWORD").value_or("");
    return natsOptions_SetUserInfo(options, user->c_str(), password.c_str());
}

void raise_closes(natsConnection*, void* client) {
    static_cast<Client*>(client)->closes.raise();
}
void raise_reconnects(natsConnection*, void* client) {
    static_cast<Client*>(client)->reconnects.raise();
}
void raise_errors(natsConnection*, natsSubscription*, natsStatus, void* client) {
    static_cast<Client*>(client)->errors.raise();
}

OptionsPtr make_options(const Role& role, Client* client) {
    natsOptions* raw = nullptr;
    EXPECT_EQ(natsOptions_Create(&raw), NATS_OK);
    OptionsPtr options(raw);
    const std::string url = setting("URL").value_or(NATS_DEFAULT_URL);
    EXPECT_EQ(natsOptions_SetURL(raw, url.c_str()), NATS_OK);
    EXPECT_EQ(set_identity(raw, role), NATS_OK);
    if (const auto authority = setting("CA")) {
        EXPECT_EQ(natsOptions_SetSecure(raw, true), NATS_OK);
        EXPECT_EQ(natsOptions_LoadCATrustedCertificates(raw, authority->c_str()), NATS_OK);
    }
    EXPECT_EQ(natsOptions_SetName(raw, "foreign suite libnats"), NATS_OK);
    EXPECT_EQ(natsOptions_SetMaxReconnect(raw, reconnects_max), NATS_OK);
    EXPECT_EQ(natsOptions_SetReconnectWait(raw, reconnect_wait_ms), NATS_OK);
    EXPECT_EQ(natsOptions_SetReconnectedCB(raw, raise_reconnects, client), NATS_OK);
    EXPECT_EQ(natsOptions_SetErrorHandler(raw, raise_errors, client), NATS_OK);
    EXPECT_EQ(natsOptions_SetClosedCB(raw, raise_closes, client), NATS_OK);
    return options;
}

}  // namespace

std::optional<std::string> setting(const std::string& name) {
    const char* value = std::getenv(("FOREIGN_" + name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool exists(const Role& role) {
    return setting(role.prefix + "CREDS") || setting(role.prefix + "USER");
}

void Counter::raise() {
    const std::lock_guard lock(mutex_);
    ++value_;
    raised_.notify_all();
}

bool Counter::wait_for(int count) {
    std::unique_lock lock(mutex_);
    return raised_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                            [this, count] { return value_ >= count; });
}

int Counter::value() {
    const std::lock_guard lock(mutex_);
    return value_;
}

Client::Client(const Role& role) {
    const OptionsPtr options = make_options(role, this);
    status_ = natsConnection_Connect(&connection_, options.get());
    // libnats 3.4.1 sends no signature if its first byte is zero, which affects one login in 256
    // (later versions are correct). Therefore logins with a signature are tried twice.
    if (status_ == NATS_CONNECTION_AUTH_FAILED && setting(role.prefix + "CREDS")) {
        status_ = natsConnection_Connect(&connection_, options.get());
    }
}

Client::~Client() {
    if (connection_ == nullptr) return;
    natsConnection_Close(connection_);
    EXPECT_TRUE(closes.wait_for(1));
    natsConnection_Destroy(connection_);
}

void Client::publish(const std::string& subject, const std::string& data) {
    EXPECT_EQ(natsConnection_Publish(connection_, subject.c_str(), data.data(),
                                     static_cast<int>(data.size())),
              NATS_OK);
}

natsStatus Client::flush() {
    return natsConnection_FlushTimeout(connection_, wait_ms);
}

SubscriptionPtr Client::subscribe(const std::string& subject) {
    natsSubscription* raw = nullptr;
    EXPECT_EQ(natsConnection_SubscribeSync(&raw, connection_, subject.c_str()), NATS_OK);
    return SubscriptionPtr(raw);
}

MessagePtr Client::next(const SubscriptionPtr& subscription) {
    natsMsg* raw = nullptr;
    natsSubscription_NextMsg(&raw, subscription.get(), wait_ms);
    return MessagePtr(raw);
}

std::string Client::last_error() {
    const char* text = nullptr;
    natsConnection_GetLastError(connection_, &text);
    return text == nullptr ? "" : text;
}

std::string text_of(const MessagePtr& message) {
    if (message == nullptr) return "<no message>";
    return {natsMsg_GetData(message.get()),
            static_cast<size_t>(natsMsg_GetDataLength(message.get()))};
}

}  // namespace midge::foreign
