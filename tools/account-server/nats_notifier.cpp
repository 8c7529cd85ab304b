#include <fmt/format.h>
#include <nats/nats.h>

#include <filesystem>

#include "account-server/notifier.h"
#include "common/nats_login.h"

namespace midge::tools {
namespace {

struct DestroyOptions {
    void operator()(natsOptions* options) const noexcept { natsOptions_Destroy(options); }
};
struct DestroyConnection {
    void operator()(natsConnection* connection) const noexcept {
        natsConnection_Close(connection);
        natsConnection_Destroy(connection);
    }
};

// Closing waits this long for messages in the buffer.
constexpr int64_t flush_ms_max = 500;

class NatsNotifier final : public Notifier {
  public:
    NatsNotifier(const NatsOptions& options, Logger& log)
        : log_(log), creds_file_(options.creds_file) {}
    ~NatsNotifier() override {
        if (connection_ && natsConnection_Status(connection_.get()) == NATS_CONN_STATUS_CONNECTED) {
            natsConnection_FlushTimeout(connection_.get(), flush_ms_max);
        }
    }

    Result<> connect(const NatsOptions& options) {
        natsOptions* raw = nullptr;
        natsStatus status = natsOptions_Create(&raw);
        const std::unique_ptr<natsOptions, DestroyOptions> settings(raw);
        if (status == NATS_OK) status = fill(raw, options);
        if (status != NATS_OK) return failed("cannot set up the NATS connection", status);
        auto set = set_nats_servers(raw, options.servers);
        if (set && !creds_file_.empty()) set = set_nats_credentials(raw, creds_file_);
        if (!set) return fail(set.error().code, "NATS connection: " + set.error().text);
        natsConnection* connection = nullptr;
        status = natsConnection_Connect(&connection, raw);
        connection_.reset(connection);
        // With retries, libnats returns "not yet connected" if the server is down.
        if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED)
            return failed("cannot connect to NATS", status);
        if (status == NATS_NOT_YET_CONNECTED)
            log_.warn("NATS is not reachable, trying again every {} ms",
                      options.reconnect_wait.count());
        return {};
    }

    Result<> account_changed(const std::string& account, const std::string& jwt) override {
        const std::string subject = fmt::format("$SYS.ACCOUNT.{}.CLAIMS.UPDATE", account);
        const natsStatus status = natsConnection_Publish(connection_.get(), subject.c_str(),
                                                         jwt.data(), static_cast<int>(jwt.size()));
        if (status != NATS_OK) return failed("cannot publish the account's JWT", status);
        return {};
    }

  private:
    static tl::unexpected<Error> failed(const char* what, natsStatus status) {
        return fail(Errc::unavailable, fmt::format("{}: {}", what, natsStatus_GetText(status)));
    }

    natsStatus fill(natsOptions* settings, const NatsOptions& options) {
        natsStatus status = NATS_OK;
        const auto then = [&status](natsStatus next) {
            if (status == NATS_OK) status = next;
        };
        then(natsOptions_SetName(settings, "nats-account-server"));
        then(natsOptions_SetNoEcho(settings, true));
        then(natsOptions_SetTimeout(settings, options.connect_timeout.count()));
        then(natsOptions_SetReconnectWait(settings, options.reconnect_wait.count()));
        then(natsOptions_SetMaxReconnect(settings, static_cast<int>(options.reconnects_max)));
        then(
            natsOptions_SetRetryOnFailedConnect(settings, true, &NatsNotifier::on_connected, this));
        then(natsOptions_SetDisconnectedCB(settings, &NatsNotifier::on_disconnected, this));
        then(natsOptions_SetReconnectedCB(settings, &NatsNotifier::on_connected, this));
        then(natsOptions_SetErrorHandler(settings, &NatsNotifier::on_error, this));
        return status;
    }

    static void on_connected(natsConnection*, void* self) {
        static_cast<NatsNotifier*>(self)->log_.info("connected to NATS");
    }
    static void on_disconnected(natsConnection*, void* self) {
        static_cast<NatsNotifier*>(self)->log_.warn("NATS disconnected");
    }
    static void on_error(natsConnection*, natsSubscription*, natsStatus status, void* self) {
        static_cast<NatsNotifier*>(self)->log_.warn("NATS error: {}", natsStatus_GetText(status));
    }

    Logger& log_;
    const std::string creds_file_;  // read at each connect
    std::unique_ptr<natsConnection, DestroyConnection> connection_;
};

}  // namespace

Result<std::unique_ptr<Notifier>> make_nats_notifier(const NatsOptions& options, Logger& log) {
    std::error_code error;
    if (!options.creds_file.empty() &&
        !std::filesystem::is_regular_file(options.creds_file, error)) {
        return fail(Errc::not_found,
                    fmt::format("-creds: there is no file \"{}\"", options.creds_file));
    }
    auto notifier = std::make_unique<NatsNotifier>(options, log);
    if (auto ok = notifier->connect(options); !ok) return pass(ok);
    return notifier;
}

}  // namespace midge::tools
