// Windows has no local syslog, and POCO has no sockets in its file system. Only a remote syslog is
// possible.
#include <fmt/format.h>

#include "syslog.h"

namespace midge {

Result<std::unique_ptr<SyslogSocket>> dial_unix_syslog(const std::string& path) {
    return fail(Errc::unsupported,
                fmt::format("dial unix {}: not supported on Windows; use udp:// or tcp://", path));
}

Result<std::unique_ptr<SyslogSocket>> dial_local_syslog() {
    return fail(Errc::unsupported,
                "Windows has no syslog; set remote_syslog to udp:// or tcp:// and an address");
}

}  // namespace midge
