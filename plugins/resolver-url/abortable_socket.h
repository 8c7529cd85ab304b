#pragma once
// A TCP connection that another thread can abort.
#include <Poco/AutoPtr.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <mutex>

namespace midge {

// close() and abort() exclude each other, so that abort() never affects another socket that the
// system has given the same number.
class AbortableSocketImpl final : public Poco::Net::StreamSocketImpl {
  public:
    // Ends all sending and receiving, so that blocked calls return with an error. Any thread.
    void abort();
    void close() override;

  private:
    ~AbortableSocketImpl() override;

    std::mutex mutex_;
};

using AbortableSocketPtr = Poco::AutoPtr<AbortableSocketImpl>;

// A socket with this implementation. Copies share the connection, as with all of Poco's sockets.
class AbortableSocket final : public Poco::Net::StreamSocket {
  public:
    AbortableSocket() : StreamSocket(new AbortableSocketImpl) {}
    [[nodiscard]] AbortableSocketPtr abortable() const {
        return {static_cast<AbortableSocketImpl*>(impl()), true};
    }
};

}  // namespace midge
