// The framing format of Snappy: what is compressed is found again by a decoder of this test.
#include "base/snappy.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace midge {
namespace {

uint32_t little_endian(std::string_view bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
        value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
}

// The length that an element of a block names, and the bytes before its data.
std::string decode_block(std::string_view block) {
    size_t size = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(block.front());
        block.remove_prefix(1);
        size |= static_cast<size_t>(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    std::string out;
    while (!block.empty()) {
        const auto tag = static_cast<unsigned char>(block.front());
        block.remove_prefix(1);
        if ((tag & 3) == 0) {
            size_t length = tag >> 2;
            if (length >= 60) {
                const size_t bytes = length - 59;
                length = little_endian(block.substr(0, bytes));
                block.remove_prefix(bytes);
            }
            out += block.substr(0, ++length);
            block.remove_prefix(length);
        } else {
            EXPECT_EQ(tag & 3, 2);
            const size_t offset = little_endian(block.substr(0, 2));
            block.remove_prefix(2);
            EXPECT_TRUE(offset > 0 && offset <= out.size());
            for (size_t n = (tag >> 2) + 1; n > 0; --n) out += out[out.size() - offset];
        }
    }
    EXPECT_EQ(out.size(), size);
    return out;
}

std::string decode(std::string_view framed) {
    EXPECT_TRUE(framed.starts_with(std::string_view("\xff\x06\x00\x00sNaPpY", 10)));
    framed.remove_prefix(10);
    std::string out;
    while (!framed.empty()) {
        const size_t size = little_endian(framed.substr(1, 3));
        const std::string_view data = framed.substr(8, size - 4);
        const std::string plain = framed[0] == 0 ? decode_block(data) : std::string(data);
        const uint32_t crc = crc32c(plain);
        EXPECT_EQ(little_endian(framed.substr(4, 4)), ((crc >> 15) | (crc << 17)) + 0xA282EAD8U);
        out += plain;
        framed.remove_prefix(4 + size);
    }
    return out;
}

TEST(Snappy, checksum_has_the_published_values) {
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
}

TEST(Snappy, texts_are_found_again) {
    std::string json;
    for (int i = 0; i < 20'000; ++i) json += "{\"cid\":" + std::to_string(i) + ",\"in_msgs\":0},";
    for (const std::string& text :
         {std::string(), std::string("a"), std::string("abcd"), std::string(200, 'x'),
          std::string(65'536, 'y'), std::string(65'537, 'z'), json}) {
        EXPECT_EQ(decode(snappy_framed(text)), text);
    }
    EXPECT_LT(snappy_framed(json).size(), json.size() / 3);
}

TEST(Snappy, random_texts_of_few_letters_are_found_again) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::string text(random() % 3000, '\0');
        const unsigned letters = 1 + random() % 20;
        for (char& c : text) c = static_cast<char>(random() % letters);
        ASSERT_EQ(decode(snappy_framed(text)), text);
    }
}

}  // namespace
}  // namespace midge
