#pragma once
// permessage-deflate without context takeover (RFC 7692).
#include <memory>
#include <string>
#include <string_view>

#include "net/socket.h"

struct z_stream_s;

namespace midge {

// Decompresses one message of a client. Needs up to 40 KiB of memory.
class Inflater {
  public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    struct Progress {
        size_t used = 0;  // bytes of the input
        size_t made = 0;  // bytes at `out`
        bool bad = false;
    };
    // Continues until the input is used up or `out` is full. In the latter case there may be more
    // output, even if all input was used.
    [[nodiscard]] Progress inflate(std::string_view input, char* out, size_t room);

  private:
    const std::unique_ptr<z_stream_s> stream_;
};

// The bytes that must be appended to every compressed message before it is inflated.
inline constexpr std::string_view deflate_tail{"\x00\x00\xff\xff", 4};

// Compresses the first `size` bytes of the slices as one message.
[[nodiscard]] std::string deflate_message(const IoSlice* slices, size_t count, size_t size);

}  // namespace midge
