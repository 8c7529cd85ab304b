#include "base/encoding.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace midge {
namespace {

TEST(Base32, follows_rfc_4648_without_padding) {
    EXPECT_EQ(base32_encode(""), "");
    EXPECT_EQ(base32_encode("f"), "MY");
    EXPECT_EQ(base32_encode("fo"), "MZXQ");
    EXPECT_EQ(base32_encode("foo"), "MZXW6");
    EXPECT_EQ(base32_encode("foob"), "MZXW6YQ");
    EXPECT_EQ(base32_encode("fooba"), "MZXW6YTB");
    EXPECT_EQ(base32_encode("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(base32_decode("MZXW6YTBOI").value(), "foobar");
}

TEST(Base32, refuses_other_alphabets_lengths_and_spare_bits) {
    for (const char* bad :
         {"my", "M", "MZX", "MZXW6Y", "MY======", "M0", "M1", "MZ", "MY ", "MY\n"}) {
        EXPECT_FALSE(base32_decode(bad)) << bad;
    }
}

TEST(Base64, follows_rfc_4648_in_both_alphabets) {
    EXPECT_EQ(base64url_encode("\xFB\xFF"), "-_8");
    EXPECT_EQ(base64_encode("\xFB\xFF"), "+/8=");
    EXPECT_EQ(base64_encode("foob"), "Zm9vYg==");
    EXPECT_EQ(base64url_encode("foob"), "Zm9vYg");
    for (const char* text : {"-_8", "+/8=", "+/8", "-_8="}) {
        EXPECT_EQ(base64_decode(text).value(), "\xFB\xFF") << text;
    }
    EXPECT_EQ(base64_decode("").value(), "");
}

TEST(Base64, refuses_other_characters_lengths_and_spare_bits) {
    for (const char* bad :
         {"A", "AB=", "A===", "====", "Zm9vYg=", "Zm9v Yg", "Zm9v\nYg", "Zh", "Zm8$"}) {
        EXPECT_FALSE(base64_decode(bad)) << bad;
    }
}

TEST(Encodings, give_back_any_bytes) {
    for (size_t length = 0; length < 70; ++length) {
        const std::string bytes = random_bytes(length);
        EXPECT_EQ(base32_decode(base32_encode(bytes)).value(), bytes);
        EXPECT_EQ(base64_decode(base64_encode(bytes)).value(), bytes);
        EXPECT_EQ(base64_decode(base64url_encode(bytes)).value(), bytes);
        EXPECT_EQ(hex_encode(bytes).size(), 2 * length);
    }
}

TEST(Hex, is_in_lower_case) {
    EXPECT_EQ(hex_encode(std::string("\x00\x7f\xff", 3)), "007fff");
}

TEST(Crc16, is_xmodem) {
    EXPECT_EQ(crc16("123456789"), 0x31C3);
    EXPECT_EQ(crc16(""), 0);
}

}  // namespace
}  // namespace midge
