#pragma once
// A TCP connection that another thread can cut.
#include <Poco/AutoPtr.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <mutex>

namespace midge {

// Closing and aborting exclude each other, so an abort never hits a number that the system gave to
// another socket since.
class AbortableSocketImpl final : public Poco::Net::StreamSocketImpl {
  public:
    // Ends all sending and receiving, so that who waits for it returns with an error. Any thread.
    void abort();
    void close() override;

  private:
    ~AbortableSocketImpl() override;

    std::mutex mutex_;
};

using AbortableSocketPtr = Poco::AutoPtr<AbortableSocketImpl>;

// The socket around it. Values of it share the connection, as all of Poco's sockets do.
class AbortableSocket final : public Poco::Net::StreamSocket {
  public:
    AbortableSocket() : StreamSocket(new AbortableSocketImpl) {}
    [[nodiscard]] AbortableSocketPtr abortable() const {
        return {static_cast<AbortableSocketImpl*>(impl()), true};
    }
};

}  // namespace midge
