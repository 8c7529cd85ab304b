#include "websocket/frame.h"

#include <Poco/UTF8Encoding.h>

namespace midge {
namespace {

void append_big_endian(FrameHeader& header, uint64_t value, size_t size) {
    for (size_t i = size; i > 0; --i) {
        header.bytes[header.size++] = static_cast<char>(value >> (8 * (i - 1)));
    }
}

}  // namespace

FrameHeader frame_header(Opcode opcode, size_t payload_size, bool compressed) {
    FrameHeader header;
    const auto first = static_cast<uint8_t>(opcode) | final_bit | (compressed ? compressed_bit : 0);
    header.bytes[header.size++] = static_cast<char>(first);
    if (payload_size < length_of_16_bits) {
        header.bytes[header.size++] = static_cast<char>(payload_size);
    } else if (payload_size <= UINT16_MAX) {
        header.bytes[header.size++] = static_cast<char>(length_of_16_bits);
        append_big_endian(header, payload_size, sizeof(uint16_t));
    } else {
        header.bytes[header.size++] = static_cast<char>(length_of_64_bits);
        append_big_endian(header, payload_size, sizeof(uint64_t));
    }
    return header;
}

std::string control_frame(Opcode opcode, std::string_view payload) {
    payload = payload.substr(0, control_payload_max);
    std::string frame(frame_header(opcode, payload.size()).text());
    return frame.append(payload);
}

std::string close_frame(CloseStatus status, std::string_view text) {
    const auto code = static_cast<uint16_t>(status);
    std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code)};
    text = text.substr(0, control_payload_max - payload.size());
    while (!is_utf8(text)) text.remove_suffix(1);
    return control_frame(Opcode::close, payload.append(text));
}

bool is_utf8(std::string_view text) noexcept {
    const Poco::UTF8Encoding utf8;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t left = text.size();
    while (left > 0) {
        const int size = Poco::UTF8Encoding::isLegal(bytes, 1) ? 1 : utf8.sequenceLength(bytes, 1);
        if (size < 1 || static_cast<size_t>(size) > left) return false;
        if (!Poco::UTF8Encoding::isLegal(bytes, size)) return false;
        bytes += size;
        left -= static_cast<size_t>(size);
    }
    return true;
}

}  // namespace midge
