// Syslog with sockets in the file system.
#include <fmt/format.h>

#include <array>

#include "syslog.h"
#include "syslog_poco_socket.h"

namespace midge {
namespace {

using Poco::Net::SocketAddress;

SocketAddress address_of(const std::string& path) {
    return {Poco::Net::AddressFamily::UNIX_LOCAL, path};
}

}  // namespace

Result<std::unique_ptr<SyslogSocket>> dial_unix_syslog(const std::string& path) {
    try {
        return open_syslog_stream(address_of(path));
    } catch (const Poco::Exception& failure) {
        return fail(Errc::unavailable,
                    fmt::format("dial unix {}: connect: {}", path, go_reason(failure)));
    }
}

// Tries the paths of different systems, and both kinds of sockets.
Result<std::unique_ptr<SyslogSocket>> dial_local_syslog() {
    for (const char* path : {"/dev/log", "/var/run/syslog", "/var/run/log"}) {
        for (const bool datagrams : {true, false}) {
            try {
                const SocketAddress target = address_of(path);
                return datagrams ? open_syslog_datagram(target) : open_syslog_stream(target);
            } catch (const Poco::Exception&) {
                continue;  // the next path may exist
            }
        }
    }
    return fail(Errc::unavailable, "Unix syslog delivery error");
}

}  // namespace midge
