#pragma once
// Private to the files of TlsStream.
#include <mutex>

#include "net/tls_stream.h"

namespace midge {

// While this object exists, its thread may call OpenSSL for the stream. Its destructor keeps the
// input that OpenSSL did not read.
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
