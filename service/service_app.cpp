#include "service_app.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include "auth/shown.h"
#include "base/clock.h"
#include "base/version.h"
#include "config/options_diff.h"
#include "credential_checks.h"
#include "open_files.h"
#include "preload.h"
#include "service_host.h"
#include "service_options.h"

namespace midge {
namespace {

// The time to close everything after the clients have left.
constexpr std::chrono::seconds stop_time_max{30};
// The most requests of the system account at the same time.
constexpr size_t reload_requests_max = 16;
// Resolvers that do not answer do not hold up an answer to `--signal diff` for longer.
constexpr std::chrono::seconds lost_accounts_wait{20};
// Of an answer, which has a limit of bytes.
constexpr size_t lost_accounts_shown_max = 200;

// Converts a text of several lines to one log line.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string outcome_text(const LostAccount& account) {
    const std::string name = account.display_name == account.name
                                 ? std::string()
                                 : fmt::format(" ({})", shown(account.display_name));
    return fmt::format("\naccount {}{}: {} {} {}: {}", shown(account.name), name,
                       account.connections, account.connections == 1 ? "connection" : "connections",
                       account.closes ? "would be closed" : "would stay, but could not come back",
                       account.reason);
}

// A line for each, up to a limit.
std::string text_of(const std::vector<LostAccount>& lost) {
    std::string text;
    size_t left = 0;
    int connections = 0;
    for (size_t i = 0; i < lost.size(); ++i) {
        if (i < lost_accounts_shown_max) {
            text += outcome_text(lost[i]);
        } else {
            ++left;
            connections += lost[i].connections;
        }
    }
    if (left > 0)
        text += fmt::format("\nand {} more accounts with {} connections", left, connections);
    return text;
}

std::string reloaded_text(const ConfigReloadEvent& report) {
    if (report.applied.empty())
        return "reloaded its configuration, in which no setting has changed";
    return fmt::format("reloaded its configuration; changed: {}", fmt::join(report.applied, ", "));
}

}  // namespace

ServiceApp::ServiceApp(CommandLine line, Options options, SignalWaiter& signals,
                       Background background)
    : line_(std::move(line)),
      signals_(signals),
      background_(std::move(background)),
      log_(line_.program),
      options_(std::move(options)),
      epoch_(static_cast<uint64_t>(wall_now())),
      broker_(options_, log_) {
    signals_.restore_crash_handlers();
}

int ServiceApp::main(const std::vector<std::string>& /*arguments*/) {
    if (auto started = start(); !started) {
        log_.write(LogLevel::fatal, one_line(started.error().text));
        report_start_failure(StartFailure::start, started.error().text);
        broker_.stop();
        return EXIT_CONFIG;
    }
    serve();
    stop();
    return EXIT_OK;
}

Result<> ServiceApp::start() {
    if (auto configured = log_.configure(options_.log); !configured) return configured;
    log_banner();
    make_room_for_clients();
    auto parts = create_plugins(options_, surroundings(), log_);
    if (!parts) return pass(parts);
    auto target = find_preload_target(options_.resolver_preload, parts->resolvers);
    if (!target) return pass(target);
    if (*target != nullptr) store_preload(options_.resolver_preload, **target, log_);
    if (!line_.config_file.empty())
        parts->ask_reload = [this](ReloadDone done) { ask_reload(std::move(done)); };
    if (auto started = broker_.start(std::move(*parts)); !started) return started;
    options_.port = broker_.port();
    log_websocket();
    log_.info("Listening for client connections on {}:{}", options_.host, options_.port);
    if (options_.proxy_protocol) log_.info("PROXY protocol enabled for client connections");
    log_tls();
    // Fails, because users of an old pid file would send their signals to no server or another one.
    if (auto written = write_pid(options_); !written)
        return fail(written.error().code, "Could not write pidfile: " + written.error().text);
    write_ports(options_);
    tell_service_manager(ServiceState::ready);
    start_watchdog();
    log_.info("Server is ready");
    log_.flush();
    background_.ready();
    return {};
}

void ServiceApp::serve() {
    while (true) {
        const ServiceSignal signal = signals_.wait();
        if (signal == ServiceSignal::wake) {
            if (clients_gone_) return;
            serve_reload_requests();
            continue;
        }
        if (signal == ServiceSignal::diff) {
            signals_.answer(describe_reload());
            continue;
        }
        log_.info("Trapped \"{}\" signal", signal_name(signal));
        switch (signal) {
            case ServiceSignal::interrupt:
            case ServiceSignal::wake:
            case ServiceSignal::diff:
                return;
            case ServiceSignal::terminate:
                // After a request for lame duck mode, clients keep their time to leave.
                if (!leaving_) return;
                break;
            case ServiceSignal::reload:
                signals_.answer(reload());
                break;
            case ServiceSignal::reopen_log:
                log_.reopen();
                broker_.events().reopen_sinks();
                break;
            case ServiceSignal::lame_duck:
                enter_lame_duck();
                break;
        }
    }
}

void ServiceApp::enter_lame_duck() {
    if (std::exchange(leaving_, true)) return;
    // The manager's own time limit for stopping would be too short.
    tell_service_manager(ServiceState::stopping, options_.lame_duck_duration + stop_time_max);
    broker_.enter_lame_duck([this] {
        clients_gone_ = true;
        SignalWaiter::wake();
    });
}

void ServiceApp::stop() {
    log_.info("Initiating Shutdown...");
    if (!leaving_) tell_service_manager(ServiceState::stopping);
    watchdog_.reset();  // it would ask loops that end now
    broker_.stop();
    ports_file_ = {};
    log_.info("Server Exiting..");
}

void ServiceApp::ask_reload(ReloadDone done) {
    {
        const std::lock_guard lock(requests_mutex_);
        if (reload_requests_.size() < reload_requests_max) {
            reload_requests_.push_back(std::move(done));
            SignalWaiter::wake();
            return;
        }
    }
    done(fail(Errc::unavailable, "too many reload requests"));
}

void ServiceApp::serve_reload_requests() {
    std::vector<ReloadDone> requests;
    {
        const std::lock_guard lock(requests_mutex_);
        requests.swap(reload_requests_);
    }
    for (const ReloadDone& done : requests) {
        auto reloaded = reload();
        done(reloaded ? Result<>() : pass(reloaded));
    }
}

Result<std::string> ServiceApp::reload() {
    if (!leaving_) tell_service_manager(ServiceState::reloading);
    ConfigReloadEvent report{EventHeader::make(), {}, {}, {}, {}};
    Result<> applied = apply_configuration(report);
    if (!applied) {
        report.error = one_line(applied.error().text);
        log_.log_with(LogLevel::error, {{"file", line_.config_file}, {"reason", report.error}},
                      "Failed to reload server configuration: {}", report.error);
    }
    report.digest = options_.config_digest;
    std::string done = reloaded_text(report);
    broker_.events().push(std::move(report));
    if (!leaving_) tell_service_manager(ServiceState::ready);
    if (!applied) return pass(applied);
    return done;
}

Result<> ServiceApp::apply_configuration(ConfigReloadEvent& report) {
    auto prepared = prepare_reload(report);
    if (!prepared) return pass(prepared);
    std::vector<std::string> applied;
    for (const OptionChange& change : prepared->changes) applied.push_back(change.setting);
    if (auto committed = commit_reload(std::move(*prepared)); !committed) return committed;
    report.applied = std::move(applied);
    return {};
}

Result<std::string> ServiceApp::describe_reload() {
    ConfigReloadEvent report{EventHeader::make(), {}, {}, {}, {}};
    auto prepared = prepare_reload(report);
    if (!prepared) return pass(prepared);
    std::vector<std::string> changed;
    for (const OptionChange& change : prepared->changes) changed.push_back(change.setting);
    static const std::map<std::string, std::string> nothing;
    const bool gives = prepared->preload_target != nullptr;
    const auto& given = gives ? prepared->options.resolver_preload : nothing;
    return fmt::format("{}{}",
                       changed.empty()
                           ? "would reload a configuration in which no setting has changed"
                           : fmt::format("would change: {}", fmt::join(changed, ", ")),
                       text_of(broker_.find_lost(prepared->broker, given, lost_accounts_wait)));
}

Result<ServiceApp::Prepared> ServiceApp::prepare_reload(ConfigReloadEvent& report) {
    try {
        return read_and_make(report);
    } catch (const std::exception& failure) {
        return fail(fmt::format("reloading {}: {}", line_.config_file, failure.what()));
    }
}

Result<ServiceApp::Prepared> ServiceApp::read_and_make(ConfigReloadEvent& report) {
    std::vector<OptionChange> changes;
    auto options = read_anew(report, changes);
    if (!options) return pass(options);
    auto prepared = make_parts(std::move(*options));
    if (prepared) prepared->changes = std::move(changes);
    return prepared;
}

Result<Options> ServiceApp::read_anew(ConfigReloadEvent& report,
                                      std::vector<OptionChange>& changes) {
    if (line_.config_file.empty()) {
        return fail(Errc::invalid,
                    "can only reload config when a file is provided using -c or --config");
    }
    auto loaded = read_service_options(line_);
    if (!loaded) return pass(loaded);
    for (const std::string& warning : loaded->warnings) log_.warn("{}", warning);
    auto options = complete_options(std::move(*loaded));
    if (!options) return pass(options);
    if (options->port == -1) options->port = options_.port;
    changes = diff(options_, *options);
    for (const OptionChange& change : changes) {
        if (!change.reloadable) report.needs_restart.push_back(change.setting);
    }
    if (auto allowed = check_reload(options_, changes, *options); !allowed) {
        if (report.needs_restart.size() > 1) {
            log_.warn("These settings need a restart: {}", fmt::join(report.needs_restart, ", "));
        }
        return pass(allowed);
    }
    return options;
}

Result<ServiceApp::Prepared> ServiceApp::make_parts(Options options) {
    auto parts = create_plugins(options, surroundings(), log_);
    if (!parts) return pass(parts);
    auto target = find_preload_target(options.resolver_preload, parts->resolvers);
    if (!target) return pass(target);
    auto prepared = broker_.prepare_reload(options, std::move(*parts));
    if (!prepared) return pass(prepared);
    // Last, because it may make a file.
    auto log = log_.open(options.log);
    if (!log) return pass(log);
    return Prepared{std::move(options), {}, std::move(*prepared), std::move(*log), *target};
}

Result<> ServiceApp::commit_reload(Prepared prepared) {
    const Options& options = prepared.options;
    // The new resolvers have to have it before anybody asks them, and others may share their
    // storage: so not before all else is sure.
    if (prepared.preload_target != nullptr)
        store_preload(options.resolver_preload, *prepared.preload_target, log_);
    ServiceLogger::Target log_before = log_.use(std::move(prepared.log));
    if (auto committed = broker_.commit_reload(std::move(prepared.broker)); !committed) {
        log_.use(std::move(log_before));
        return committed;
    }
    const bool pid_moved = options.pid_file != options_.pid_file;
    const bool ports_moved = options.ports_file_dir != options_.ports_file_dir;
    options_ = std::move(prepared.options);
    make_room_for_clients();
    if (pid_moved) {
        if (auto written = write_pid(options_); !written)
            log_.error("Failed to write pidfile: {}", written.error().text);
    }
    for (const OptionChange& change : prepared.changes) {
        log_.log_with(LogLevel::info, {{"setting", change.setting}}, "Reloaded: {}",
                      change.reloaded_text());
    }
    if (ports_moved) write_ports(options_);
    log_.info("Reloaded server configuration ({}), generation {}", options_.config_digest,
              broker_.generation());
    return {};
}

Result<> ServiceApp::write_pid(const Options& options) {
    return options.pid_file.empty() ? Result<>() : write_pid_file(options.pid_file);
}

void ServiceApp::write_ports(const Options& options) {
    ports_file_ = {};
    if (options.ports_file_dir.empty()) return;
    ListenerUrls urls{
        {"nats", listener_urls(options.tls ? "tls" : "nats", options.host, broker_.port())}};
    const WebsocketOptions& websocket = options.websocket;
    if (websocket.port != 0) {
        urls.emplace_back("websocket", listener_urls(websocket.tls ? "wss" : "ws", websocket.host,
                                                     broker_.websocket_port()));
    }
    auto written = PortsFile::write(options.ports_file_dir, line_.program, urls);
    if (written) {
        ports_file_ = std::move(*written);
    } else {
        log_.error("{}", written.error().text);
    }
}

void ServiceApp::log_banner() {
    log_.info("Starting {}", line_.program);
    log_.info("  Version:  {} (NATS {})", midge_version, nats_version);
    log_.info("  Name:     {}", broker_.server_name());
    log_.info("  ID:       {}", broker_.server_id());
    if (has_plain_password(options_))
        log_.warn("Plaintext passwords detected, use nkeys or bcrypt");
    if (!options_.config_file.empty()) {
        log_.info("Using configuration file: {} ({})", options_.config_file,
                  options_.config_digest);
    }
    const LogOptions& log = options_.log;
    if (line_.daemon && log.file.empty() && log.remote_syslog.empty() && !log.syslog) {
        log_.warn("In the background without a log file nothing is logged; name one with -l");
    }
}

void ServiceApp::make_room_for_clients() {
    // Files for the log, listeners, plugins, and the event loops.
    constexpr uint64_t other_files = 512;
    if (options_.connections_max <= 0) return;
    const auto clients = static_cast<uint64_t>(options_.connections_max);
    const auto files = raise_open_files(clients + other_files);
    if (!files) {
        log_.warn("Cannot tell how many files may be open: {}", files.error().text);
    } else if (*files < clients + other_files) {
        // If the default limit of connections is too high, nobody asked for it: no warning now. A
        // warning follows when descriptors run out.
        const bool usual = options_.connections_max == Options().connections_max;
        log_.log(usual ? LogLevel::debug : LogLevel::warn,
                 "max_connections is {}, but only {} files and connections may be open at a time; "
                 "lower it, or raise the limit (ulimit -n, LimitNOFILE)",
                 clients, *files);
    }
}

void ServiceApp::log_websocket() {
    const WebsocketOptions& websocket = options_.websocket;
    if (websocket.port == 0) return;
    log_.info("Listening for websocket clients on {}://{}:{}", websocket.tls ? "wss" : "ws",
              websocket.host, broker_.websocket_port());
    if (!websocket.tls) log_.warn("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!");
}

void ServiceApp::log_tls() {
    if (!options_.tls) return;
    log_.info("TLS {} for client connections", options_.allow_non_tls ? "available" : "required");
    if (options_.tls->certificates.empty())
        log_.warn("TLS has no certificate, so that no client can connect with it");
    if (options_.tls->order == HandshakeOrder::handshake_first) {
        log_.warn("Clients that are not using \"TLS Handshake First\" option will fail to connect");
    }
}

void ServiceApp::tell_service_manager(ServiceState state, std::chrono::milliseconds time_wanted) {
    if (auto told = notify_service_manager(state, time_wanted); !told) {
        log_.warn("The service manager was not told: {}", told.error().text);
    }
}

void ServiceApp::start_watchdog() {
    const auto limit = watchdog_limit();
    if (!limit) {
        log_.warn("The service manager's watchdog is not told: {}", limit.error().text);
        return;
    }
    if (!*limit) return;
    watchdog_ = std::make_unique<ServiceWatchdog>(
        **limit,
        [this](std::function<void()> alive) { broker_.when_loops_turned(std::move(alive)); },
        [this] { tell_service_manager(ServiceState::alive); }, log_);
}

PluginSurroundings ServiceApp::surroundings() {
    return {[this](const AccountChange& change) { broker_.account_changed(change); },
            broker_.server_id(), epoch_, acknowledged_};
}

}  // namespace midge
