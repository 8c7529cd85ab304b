#pragma once
// Syslog sockets with POCO, for the files that dial.
#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>

#include <system_error>

#include "base/text.h"
#include "syslog.h"

namespace midge {

inline const Poco::Timespan syslog_patience{5, 0};  // to connect, and to send one message

// Returns the error as Go prints it: "connection refused".
inline std::string go_reason(const Poco::Exception& failure) {
    if (failure.code() == 0) return to_lower_ascii(failure.displayText());
    return to_lower_ascii(std::system_category().default_error_condition(failure.code()).message());
}

template <class Socket>
class PocoSyslogSocket final : public SyslogSocket {
  public:
    explicit PocoSyslogSocket(Socket socket) : socket_(std::move(socket)) {
        socket_.setSendTimeout(syslog_patience);
    }
    Result<> send(std::string_view message) override {
        try {
            while (!message.empty()) {
                const int sent =
                    socket_.sendBytes(message.data(), static_cast<int>(message.size()));
                if (sent <= 0) return fail(Errc::unavailable, "nothing was sent");
                message.remove_prefix(static_cast<size_t>(sent));
            }
            return {};
        } catch (const Poco::Exception& failure) {
            return fail(Errc::unavailable, go_reason(failure));
        }
    }

  private:
    Socket socket_;
};

// Both throw Poco::Exception.
inline std::unique_ptr<SyslogSocket> open_syslog_stream(const Poco::Net::SocketAddress& target) {
    Poco::Net::StreamSocket socket;
    socket.connect(target, syslog_patience);
    return std::make_unique<PocoSyslogSocket<Poco::Net::StreamSocket>>(std::move(socket));
}
inline std::unique_ptr<SyslogSocket> open_syslog_datagram(const Poco::Net::SocketAddress& target) {
    Poco::Net::DatagramSocket socket(target.family());
    socket.connect(target);
    return std::make_unique<PocoSyslogSocket<Poco::Net::DatagramSocket>>(std::move(socket));
}

}  // namespace midge
