#pragma once
// permessage-deflate without context takeover (RFC 7692).
#include <memory>
#include <string>
#include <string_view>

#include "net/socket.h"

struct z_stream_s;

namespace midge {

// One compressed message of a client. Keeps up to 40 KiB.
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
    // Goes on until the input is used up or `out` is full; then there may be more to come, even if
    // all of the input was used.
    [[nodiscard]] Progress inflate(std::string_view input, char* out, size_t room);

  private:
    const std::unique_ptr<z_stream_s> stream_;
};

// What belongs behind every compressed message before it is inflated.
inline constexpr std::string_view deflate_tail{"\x00\x00\xff\xff", 4};

// The first `size` bytes of the slices as one compressed message.
[[nodiscard]] std::string deflate_message(const IoSlice* slices, size_t count, size_t size);

}  // namespace midge
