#include "auth/nkey.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/encoding.h"

namespace midge {
namespace {

// Made with an independent implementation, from the seed bytes 0, 1, ... 31.
struct Vector {
    KeyKind kind;
    const char* public_key;
    const char* seed;
};
const Vector vectors[] = {
    {KeyKind::user, "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK",
     "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"},
    {KeyKind::account, "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV",
     "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI"},
    {KeyKind::operator_key, "OAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QZVT",
     "SOAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2AJA"},
    {KeyKind::server, "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB",
     "SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U"},
    {KeyKind::cluster, "CAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3R53J",
     "SCAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYO7Q"},
    {KeyKind::curve, "XCHUBRNNW2HSKYSK4WZBJ2TWPJXMSTMCTU6XWXQ22G5G6PRBHAUF76G7",
     "SXAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H74KM"},
};

TEST(KeyPair, reads_and_prints_the_texts_of_every_kind) {
    for (const auto& v : vectors) {
        const auto key = KeyPair::from_seed(v.seed);
        ASSERT_TRUE(key) << v.seed;
        EXPECT_EQ(key->kind(), v.kind);
        EXPECT_EQ(key->public_key(), v.public_key);
        EXPECT_EQ(key->seed(), v.seed);
        EXPECT_EQ(public_key_kind(v.public_key), v.kind);
        EXPECT_TRUE(is_public_key(v.kind, v.public_key));
    }
}

TEST(KeyPair, signs_as_other_implementations_do) {
    const auto key = KeyPair::from_seed(vectors[0].seed).value();
    const std::string signature = key.sign("hello");
    EXPECT_EQ(hex_encode(signature),
              "e1a7fca94a835127885b99e2eba733d6ee5bf5dc463ed8385eb6f1dcaa1117c0"
              "f151750a10f46f5b3796a91203578f702c85c67c334b5689a516284d499f710f");
    EXPECT_TRUE(verify_signature(key.public_key(), "hello", signature));
    EXPECT_FALSE(verify_signature(key.public_key(), "hellO", signature));
}

TEST(KeyPair, generates_a_different_key_each_time) {
    for (const auto& v : vectors) {
        const auto a = KeyPair::generate(v.kind);
        const auto b = KeyPair::generate(v.kind);
        EXPECT_NE(a.public_key(), b.public_key());
        EXPECT_EQ(a.public_key().size(), public_key_length);
        EXPECT_EQ(a.public_key()[0], v.public_key[0]);
        EXPECT_EQ(KeyPair::from_seed(a.seed()).value().public_key(), a.public_key());
    }
}

TEST(KeyPair, takes_a_seed_with_white_space_around_it) {
    EXPECT_TRUE(KeyPair::from_seed(std::string("\r\n ") + vectors[0].seed + " \r\n"));
}

TEST(KeyPair, keeps_working_after_a_move) {
    auto first = KeyPair::from_seed(vectors[0].seed).value();
    const KeyPair second = std::move(first);
    EXPECT_EQ(second.seed(), vectors[0].seed);
    auto third = KeyPair::generate(KeyKind::account);
    third = KeyPair::from_seed(vectors[1].seed).value();
    EXPECT_EQ(third.public_key(), vectors[1].public_key);
}

TEST(KeyPair, refuses_each_seed_that_differs_in_one_character) {
    const std::string seed = vectors[0].seed;
    for (size_t i = 0; i < seed.size(); ++i) {
        std::string bad = seed;
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(KeyPair::from_seed(bad)) << i;
    }
}

TEST(KeyPair, refuses_malformed_seeds_without_showing_them) {
    const std::string seed = vectors[0].seed;
    const std::string bad_seeds[] = {"",
                                     "S",
                                     "SU",
                                     seed.substr(0, 57),
                                     seed + "A",
                                     "su" + seed.substr(2),
                                     vectors[0].public_key,
                                     seed.substr(0, 57) + "=",
                                     std::string(58, '\0'),
                                     seed.substr(0, 20) + " " + seed.substr(21)};
    for (const auto& bad : bad_seeds) {
        const auto key = KeyPair::from_seed(bad);
        ASSERT_FALSE(key) << bad;
        EXPECT_EQ(key.error().code, Errc::invalid);
        if (bad.size() > 10) {
            EXPECT_EQ(key.error().text.find(bad.substr(2, 8)), std::string::npos);
        }
    }
}

TEST(PublicKey, is_none_when_truncated_lengthened_or_altered) {
    const std::string good = vectors[1].public_key;
    for (size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(public_key_kind(good.substr(0, n))) << n;
    EXPECT_FALSE(public_key_kind(good + "A"));
    EXPECT_FALSE(public_key_kind(good + '\0'));
    for (size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = bad[i] == 'Q' ? 'R' : 'Q';
        EXPECT_FALSE(public_key_kind(bad)) << i;
    }
    EXPECT_FALSE(is_public_key(KeyKind::user, good));
    EXPECT_FALSE(public_key_kind(vectors[1].seed));
}

TEST(PublicKey, of_a_private_or_unknown_prefix_is_none) {
    for (const int prefix : {15 << 3, 18 << 3, 25 << 3, 1, 255}) {
        std::string raw(33, 'k');
        raw[0] = static_cast<char>(prefix);
        const uint16_t crc = crc16(raw);
        raw += static_cast<char>(crc & 0xFF);
        raw += static_cast<char>(crc >> 8);
        EXPECT_FALSE(public_key_kind(base32_encode(raw))) << prefix;
    }
}

TEST(Signature, of_a_wrong_length_key_or_kind_is_refused) {
    const auto key = KeyPair::from_seed(vectors[0].seed).value();
    const auto other = KeyPair::generate(KeyKind::user);
    const std::string signature = key.sign("m");
    EXPECT_FALSE(verify_signature(key.public_key(), "m", ""));
    EXPECT_FALSE(verify_signature(key.public_key(), "m", signature.substr(1)));
    EXPECT_FALSE(verify_signature(key.public_key(), "m", signature + "x"));
    EXPECT_FALSE(verify_signature(other.public_key(), "m", signature));
    EXPECT_FALSE(verify_signature("", "m", signature));
    EXPECT_FALSE(verify_signature(key.public_key().substr(0, 40), "m", signature));
    EXPECT_FALSE(verify_signature(vectors[5].public_key, "m", signature)) << "curve keys";
}

TEST(SealedBox, is_opened_by_its_receiver_alone) {
    const auto alice = KeyPair::from_seed(vectors[5].seed).value();
    const auto bob = KeyPair::generate(KeyKind::curve);
    const auto eve = KeyPair::generate(KeyKind::curve);
    for (const std::string& plain :
         {std::string(), std::string("hello"), std::string(100'000, 'x')}) {
        const auto sealed = alice.seal(plain, bob.public_key());
        ASSERT_TRUE(sealed) << sealed.error().text;
        EXPECT_EQ(sealed->substr(0, 4), "xkv1");
        EXPECT_EQ(sealed->size(), plain.size() + 4 + 24 + 16);
        EXPECT_EQ(bob.open(*sealed, alice.public_key()).value(), plain);
        EXPECT_FALSE(eve.open(*sealed, alice.public_key()));
        EXPECT_FALSE(bob.open(*sealed, eve.public_key()));
    }
}

// A box that this key has sealed for itself with the nonce 0, 1, ... 23. The format must not
// change.
TEST(SealedBox, has_a_form_that_stays) {
    const auto key = KeyPair::from_seed(vectors[5].seed).value();
    std::string sealed = "xkv1";
    for (char i = 0; i < 24; ++i) sealed += i;
    for (const int byte : {0xaa, 0xd7, 0x58, 0x39, 0xb6, 0xd3, 0x18, 0xd9, 0xe7, 0x89, 0xdd,
                           0x54, 0xb8, 0x6c, 0x93, 0x98, 0x83, 0x1d, 0x6a, 0x36, 0x42}) {
        sealed += static_cast<char>(byte);
    }
    EXPECT_EQ(key.open(sealed, vectors[5].public_key).value(), "hello");
}

TEST(SealedBox, of_other_bytes_is_refused) {
    const auto alice = KeyPair::generate(KeyKind::curve);
    const auto bob = KeyPair::generate(KeyKind::curve);
    const std::string sealed = alice.seal("hello", bob.public_key()).value();
    for (size_t size = 0; size < sealed.size(); ++size) {
        EXPECT_FALSE(bob.open(sealed.substr(0, size), alice.public_key())) << size;
    }
    for (size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(bob.open(changed, alice.public_key())) << i;
    }
}

// CVE-2023-46129: boxes were sealed with a key of zeros. A receiver's key that makes the shared
// secret zero must also be refused.
TEST(SealedBox, is_not_made_with_a_key_of_zeros) {
    const auto alice = KeyPair::generate(KeyKind::curve);
    const auto bob = KeyPair::generate(KeyKind::curve);
    EXPECT_NE(alice.seal("hello", bob.public_key()).value(),
              alice.seal("hello", bob.public_key()).value());
    std::string raw(33, '\0');
    raw[0] = static_cast<char>(23 << 3);
    const uint16_t crc = crc16(raw);
    raw += static_cast<char>(crc & 0xFF);
    raw += static_cast<char>(crc >> 8);
    const std::string zeros = base32_encode(raw);
    ASSERT_TRUE(is_public_key(KeyKind::curve, zeros));
    EXPECT_FALSE(alice.seal("hello", zeros));
    EXPECT_FALSE(alice.open(alice.seal("hello", bob.public_key()).value(), zeros));
}

TEST(SealedBox, needs_curve_keys) {
    const auto alice = KeyPair::generate(KeyKind::curve);
    for (const auto& v : vectors) {
        if (v.kind == KeyKind::curve) continue;
        EXPECT_FALSE(alice.seal("hello", v.public_key));
        EXPECT_FALSE(alice.open(std::string(100, 'x'), v.public_key));
    }
    EXPECT_FALSE(alice.seal("hello", ""));
}

}  // namespace
}  // namespace midge
