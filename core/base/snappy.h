#pragma once
// Compression in the framing format of Snappy, in which system services answer on request.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge {

// A complete stream: the identifier, then chunks of at most 64 KiB each, with their checksums.
[[nodiscard]] std::string snappy_framed(std::string_view bytes);

// CRC-32C (Castagnoli) of `bytes`.
[[nodiscard]] uint32_t crc32c(std::string_view bytes) noexcept;

}  // namespace midge
