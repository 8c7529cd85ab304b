// Syslog over UDP and TCP.
#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <fmt/format.h>

#include "syslog.h"
#include "syslog_poco_socket.h"

namespace midge {

Result<std::unique_ptr<SyslogSocket>> dial_syslog(const std::string& network,
                                                  const std::string& address) {
    const size_t colon = address.rfind(':');
    if (colon == std::string::npos || colon + 1 == address.size()) {
        return fail(Errc::invalid,
                    fmt::format("dial {}: address {}: missing port in address", network, address));
    }
    try {
        const Poco::Net::SocketAddress target(address);
        if (network == "udp") return open_syslog_datagram(target);
        return open_syslog_stream(target);
    } catch (const Poco::Exception& failure) {
        return fail(Errc::unavailable,
                    fmt::format("dial {} {}: connect: {}", network, address, go_reason(failure)));
    }
}

}  // namespace midge
