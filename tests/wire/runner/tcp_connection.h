#pragma once
#include <Poco/Net/SocketAddress.h>

#include "wire/runner/connection.h"

namespace midge::wire {

// Makes TCP connections to the address of a server.
class TcpDialer final : public Dialer {
  public:
    explicit TcpDialer(Poco::Net::SocketAddress address) : address_(std::move(address)) {}
    [[nodiscard]] Result<std::unique_ptr<Connection>> connect(const Opening& opening) override;

  private:
    Poco::Net::SocketAddress address_;
};

}  // namespace midge::wire
