#pragma once
// Protocol bytes that are made before the measured phase.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge::load {

// Subjects, sids and payloads contain no 'P', so that each 'P' in the input of a receiver is the
// beginning of a PING.
[[nodiscard]] std::string pub_frame(std::string_view subject, size_t payload_bytes);
// Returns the size of the message that a subscriber gets.
[[nodiscard]] size_t msg_frame_bytes(std::string_view subject, std::string_view sid,
                                     size_t payload_bytes);
// Returns as many copies of `frame` as fit in a large write, at least one.
[[nodiscard]] std::string write_buffer(const std::string& frame);
// Returns at least `width` digits, so that all frames have the same size.
[[nodiscard]] std::string padded(uint64_t number, size_t width);

}  // namespace midge::load
