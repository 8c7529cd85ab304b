#pragma once
// Private to TlsStream's files.
#include <mutex>

#include "net/tls_stream.h"

namespace midge {

// While it lives the calling thread may call OpenSSL for this stream. Afterwards what OpenSSL did
// not read is kept.
struct TlsStream::OneCall {
    explicit OneCall(TlsStream& stream);
    ~OneCall();
    OneCall(const OneCall&) = delete;
    OneCall& operator=(const OneCall&) = delete;

  private:
    TlsStream& stream_;
    const std::lock_guard<std::mutex> lock_;
};

}  // namespace midge
