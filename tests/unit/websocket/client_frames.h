#pragma once
// Frames of a client, valid and invalid.
#include <zlib.h>

#include <string>
#include <string_view>

namespace midge::test {

struct ClientFrame {
    int opcode = 2;
    std::string_view payload = {};
    bool final = true;
    int reserved = 0;  // bits RSV1 (4), RSV2 (2), RSV3 (1)
    bool masked = true;
};

inline std::string bytes_of(const ClientFrame& frame) {
    constexpr std::string_view mask = "\x81\x02\xf3\x04";
    std::string out;
    out += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved << 4 | frame.opcode);
    const size_t size = frame.payload.size();
    const size_t length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    const auto length = static_cast<int>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    out += static_cast<char>((frame.masked ? 0x80 : 0) | length);
    for (size_t i = length_bytes; i > 0; --i) out += static_cast<char>(size >> (8 * (i - 1)));
    if (!frame.masked) return out.append(frame.payload);
    out += mask;
    for (size_t i = 0; i < size; ++i) {
        out += static_cast<char>(frame.payload[i] ^ mask[i % mask.size()]);
    }
    return out;
}

// Compresses like permessage-deflate.
inline std::string deflated(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_SYNC_FLUSH);
    out.resize(stream.total_out - 4);
    deflateEnd(&stream);
    return out;
}

}  // namespace midge::test
