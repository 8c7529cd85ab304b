#include "wire.h"

#include <algorithm>

namespace midge::load {
namespace {

constexpr size_t write_bytes = 128 * 1024;

}  // namespace

std::string pub_frame(std::string_view subject, size_t payload_bytes) {
    std::string frame = "PUB ";
    frame.append(subject).append(" ").append(std::to_string(payload_bytes)).append("\r\n");
    return frame.append(payload_bytes, 'x').append("\r\n");
}

size_t msg_frame_bytes(std::string_view subject, std::string_view sid, size_t payload_bytes) {
    constexpr size_t verb_spaces_and_ends = sizeof "MSG   \r\n\r\n" - 1;
    return verb_spaces_and_ends + subject.size() + sid.size() +
           std::to_string(payload_bytes).size() + payload_bytes;
}

std::string write_buffer(const std::string& frame) {
    std::string buffer;
    for (size_t copies = std::max<size_t>(1, write_bytes / frame.size()); copies > 0; --copies)
        buffer += frame;
    return buffer;
}

std::string padded(uint64_t number, size_t width) {
    std::string digits = std::to_string(number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return digits;
}

}  // namespace midge::load
