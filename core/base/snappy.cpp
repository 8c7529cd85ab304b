#include "base/snappy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace midge {
namespace {

constexpr size_t chunk_bytes_max = 65'536;  // of plain bytes
constexpr std::string_view stream_identifier("\xff\x06\x00\x00sNaPpY", 10);
constexpr char compressed_chunk = 0x00, plain_chunk = 0x01;

constexpr size_t match_bytes_min = 4;
constexpr size_t copy_bytes_max = 64;
constexpr unsigned table_bits = 13;

constexpr std::array<uint32_t, 256> make_crc_table() {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? (value >> 1) ^ 0x82F63B78U : value >> 1;
        table[i] = value;
    }
    return table;
}
constexpr std::array<uint32_t, 256> crc_table = make_crc_table();

void append_little_endian(std::string& out, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

void append_varint(std::string& out, size_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void append_literal(std::string& out, std::string_view bytes) {
    if (bytes.empty()) return;
    const size_t n = bytes.size() - 1;
    if (n < 60) {
        out += static_cast<char>(n << 2);
    } else {
        const int length_bytes = n < 0x100 ? 1 : 2;
        out += static_cast<char>((59 + length_bytes) << 2);
        append_little_endian(out, static_cast<uint32_t>(n), length_bytes);
    }
    out += bytes;
}

// A copy with an offset of two bytes.
void append_copies(std::string& out, size_t offset, size_t length) {
    while (length > 0) {
        const size_t part = std::min(length, copy_bytes_max);
        out += static_cast<char>(((part - 1) << 2) | 2);
        append_little_endian(out, static_cast<uint32_t>(offset), 2);
        length -= part;
    }
}

uint32_t word_at(std::string_view bytes, size_t at) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return word;
}

// One block: takes the last earlier place with the same four bytes, if there is one. At most
// chunk_bytes_max bytes, so that positions fit into 16 bits.
std::string compress_block(std::string_view bytes) {
    std::string out;
    append_varint(out, bytes.size());
    std::vector<uint16_t> places(size_t{1} << table_bits);
    size_t literal = 0;  // start of the bytes that are not written yet
    size_t at = 1;
    while (at + match_bytes_min <= bytes.size()) {
        const uint32_t word = word_at(bytes, at);
        uint16_t& place = places[(word * 0x1E35A7BDU) >> (32 - table_bits)];
        const size_t before = place;
        place = static_cast<uint16_t>(at);
        if (before >= at || word_at(bytes, before) != word) {
            ++at;
            continue;
        }
        size_t length = match_bytes_min;
        while (at + length < bytes.size() && bytes[before + length] == bytes[at + length]) ++length;
        append_literal(out, bytes.substr(literal, at - literal));
        append_copies(out, at - before, length);
        at += length;
        literal = at;
    }
    append_literal(out, bytes.substr(literal));
    return out;
}

void append_chunk(std::string& out, std::string_view bytes) {
    const uint32_t crc = crc32c(bytes);
    const uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
    const std::string block = compress_block(bytes);
    const bool smaller = block.size() < bytes.size();
    const std::string_view content = smaller ? std::string_view(block) : bytes;
    out += smaller ? compressed_chunk : plain_chunk;
    append_little_endian(out, static_cast<uint32_t>(content.size() + sizeof masked), 3);
    append_little_endian(out, masked, sizeof masked);
    out += content;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) noexcept {
    uint32_t crc = ~0U;
    for (const char c : bytes)
        crc = crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

std::string snappy_framed(std::string_view bytes) {
    std::string out(stream_identifier);
    for (size_t at = 0; at < bytes.size(); at += chunk_bytes_max)
        append_chunk(out, bytes.substr(at, chunk_bytes_max));
    return out;
}

}  // namespace midge
