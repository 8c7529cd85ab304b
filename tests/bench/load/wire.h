#pragma once
// Protocol bytes, made before the measured phase.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge::load {

// Subjects, sids and payloads hold no 'P', so that in what a receiver reads each 'P' begins a PING.
[[nodiscard]] std::string pub_frame(std::string_view subject, size_t payload_bytes);
// Bytes of the message as a subscriber gets it.
[[nodiscard]] size_t msg_frame_bytes(std::string_view subject, std::string_view sid,
                                     size_t payload_bytes);
// As many copies of `frame` as a large write takes, at least one.
[[nodiscard]] std::string write_buffer(const std::string& frame);
// At least `width` digits, so that all frames have one size.
[[nodiscard]] std::string padded(uint64_t number, size_t width);

}  // namespace midge::load
