#include "base/encoding.h"

#include <fmt/format.h>

#include <array>

namespace midge {
namespace {

constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view base64_standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode_bits(std::string_view bytes, std::string_view alphabet, unsigned bits_per_char) {
    std::string out;
    out.reserve((bytes.size() * 8 + bits_per_char - 1) / bits_per_char);
    uint32_t window = 0;
    unsigned held = 0;
    const uint32_t mask = (1U << bits_per_char) - 1;
    for (const char c : bytes) {
        window = (window << 8) | static_cast<uint8_t>(c);
        held += 8;
        while (held >= bits_per_char) {
            held -= bits_per_char;
            out.push_back(alphabet[(window >> held) & mask]);
        }
    }
    if (held > 0) out.push_back(alphabet[(window << (bits_per_char - held)) & mask]);
    return out;
}

constexpr std::array<int8_t, 256> decode_table(std::string_view alphabet) {
    std::array<int8_t, 256> table{};
    table.fill(-1);
    for (size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
    }
    return table;
}

Result<std::string> decode_bits(std::string_view text, const std::array<int8_t, 256>& table,
                                unsigned bits_per_char, const char* what) {
    std::string out;
    out.reserve(text.size() * bits_per_char / 8);
    uint32_t window = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const int8_t value = table[static_cast<uint8_t>(text[i])];
        if (value < 0)
            return fail(Errc::invalid,
                        fmt::format("{}: character {} is not of its alphabet", what, i));
        window = (window << bits_per_char) | static_cast<uint32_t>(value);
        held += bits_per_char;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<char>((window >> held) & 0xFF));
        }
    }
    // The bits left over must be zero, and fewer than one character has. Otherwise two texts would
    // decode to the same bytes.
    if (held >= bits_per_char || (window & ((1U << held) - 1)) != 0) {
        return fail(Errc::invalid, std::string(what) + ": length or trailing bits are wrong");
    }
    return out;
}

}  // namespace

std::string base32_encode(std::string_view bytes) {
    return encode_bits(bytes, base32_alphabet, 5);
}

Result<std::string> base32_decode(std::string_view text) {
    static constexpr auto table = decode_table(base32_alphabet);
    return decode_bits(text, table, 5, "base32");
}

std::string base64url_encode(std::string_view bytes) {
    return encode_bits(bytes, base64_url, 6);
}

std::string base64_encode(std::string_view bytes) {
    std::string out = encode_bits(bytes, base64_standard, 6);
    while (out.size() % 4 != 0) out.push_back('=');
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    static constexpr auto table = [] {
        auto both = decode_table(base64_url);
        both['+'] = 62;
        both['/'] = 63;
        return both;
    }();
    if (text.size() % 4 == 0) {
        for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    }
    return decode_bits(text, table, 6, "base64");
}

std::string hex_encode(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out.push_back(digits[static_cast<uint8_t>(c) >> 4]);
        out.push_back(digits[static_cast<uint8_t>(c) & 15]);
    }
    return out;
}

uint16_t crc16(std::string_view bytes) noexcept {
    uint16_t crc = 0;
    for (const char c : bytes) {
        crc = static_cast<uint16_t>(crc ^ (static_cast<uint8_t>(c) << 8));
        for (int bit = 0; bit < 8; ++bit) {
            crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
        }
    }
    return crc;
}

}  // namespace midge
