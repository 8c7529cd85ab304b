#include "syslog.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/URI.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "log_line.h"
#include "process_info.h"

namespace midge {
namespace {

constexpr std::chrono::seconds dial_pause{1};
constexpr int daemon_facility = 3;

int severity(LogLevel level) {
    constexpr int critical = 2, error = 3, warning = 4, notice = 5, debug = 7;
    switch (level) {
        case LogLevel::fatal:
            return critical;
        case LogLevel::error:
            return error;
        case LogLevel::warn:
            return warning;
        case LogLevel::debug:
            return debug;
        case LogLevel::trace:
        case LogLevel::info:
            break;
    }
    return notice;
}

std::string host_name() {
    try {
        return Poco::Net::DNS::hostName();
    } catch (const Poco::Exception&) {
        return "localhost";
    }
}

}  // namespace

std::string syslog_message(const SyslogForm& form, LogLevel level, WallNanos time,
                           std::string_view text) {
    constexpr WallNanos second = 1'000'000'000;
    const int priority = form.facility * 8 + severity(level);
    const auto seconds = static_cast<std::time_t>(time / second);
    if (form.host.empty()) {
        return fmt::format("<{}>{:%b %e %H:%M:%S} {}[{}]: {}\n", priority, fmt::localtime(seconds),
                           form.tag, form.process_id, text);
    }
    return fmt::format("<{}>{} {} {}[{}]: {}\n", priority, iso_time(time, false, false), form.host,
                       form.tag, form.process_id, text);
}

Result<std::unique_ptr<Syslog>> Syslog::connect(const std::string& remote, const std::string& tag) {
    std::string network;
    std::string address;
    if (!remote.empty()) {
        try {
            const Poco::URI url(remote);
            network = url.getScheme();
            address = network == "unix" ? url.getPath() : url.getAuthority();
        } catch (const Poco::Exception& bad) {
            return fail(Errc::invalid, fmt::format("parse \"{}\": {}", remote, bad.displayText()));
        }
        if (network != "udp" && network != "tcp" && network != "unix") {
            return fail(Errc::invalid, fmt::format("error invalid network type: \"{}\"", network));
        }
    }
    std::unique_ptr<Syslog> log(new Syslog(network, address));
    const bool elsewhere = network == "udp" || network == "tcp";
    log->form_ = {elsewhere ? host_name() : std::string(), tag, current_process_id(),
                  remote.empty() ? daemon_facility : 0};
    if (auto dialled = log->dial(); !dialled) {
        return fail(Errc::unavailable,
                    fmt::format("error connecting to syslog: \"{}\"", dialled.error().text));
    }
    return log;
}

Result<> Syslog::dial() {
    dialled_ = Clock::now();
    auto socket = network_.empty()     ? dial_local_syslog()
                  : network_ == "unix" ? dial_unix_syslog(address_)
                                       : dial_syslog(network_, address_);
    if (!socket) return pass(socket);
    socket_ = std::move(*socket);
    return {};
}

// A broken connection is noticed when a message fails, so the message is sent again.
Result<> Syslog::send(std::string_view message) {
    if (socket_) {
        if (auto sent = socket_->send(message)) return sent;
        socket_.reset();
    } else if (Clock::now() - dialled_ < dial_pause) {
        return fail(Errc::unavailable, "no connection");
    }
    if (auto dialled = dial(); !dialled) return dialled;
    return socket_->send(message);
}

void Syslog::write(LogLevel level, WallNanos time, std::string_view text) {
    const std::string message = syslog_message(form_, level, time, text);
    const auto sent = send(message);
    if (sent) {
        in_trouble_ = false;
        return;
    }
    if (!std::exchange(in_trouble_, true)) {
        fmt::print(stderr, "syslog {} {}: {}; the log goes to standard error\n", network_, address_,
                   sent.error().text);
    }
    std::fwrite(message.data(), 1, message.size(), stderr);
}

}  // namespace midge
