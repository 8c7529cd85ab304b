#include "protocol/headers.h"

#include <gtest/gtest.h>

namespace midge {
namespace {

TEST(WithHeader, begins_a_block) {
    EXPECT_EQ(with_header("", "A", "1"), "NATS/1.0\r\nA: 1\r\n\r\n");
}

TEST(WithHeader, comes_after_other_headers) {
    EXPECT_EQ(with_header("NATS/1.0\r\nB: 2\r\n\r\n", "A", "1"),
              "NATS/1.0\r\nB: 2\r\nA: 1\r\n\r\n");
}

TEST(WithHeader, keeps_the_status) {
    EXPECT_EQ(with_header("NATS/1.0 503\r\n\r\n", "A", "1"), "NATS/1.0 503\r\nA: 1\r\n\r\n");
}

TEST(WithHeader, replaces_every_one_of_its_name) {
    EXPECT_EQ(with_header("NATS/1.0\r\nA: 0\r\nAB: 2\r\nA:x\r\na: 3\r\n\r\n", "A", "1"),
              "NATS/1.0\r\nAB: 2\r\na: 3\r\nA: 1\r\n\r\n");
}

// Clients may send any bytes as a header.
TEST(WithHeader, takes_malformed_blocks) {
    EXPECT_EQ(with_header("NATS/1.0", "A", "1"), "NATS/1.0\r\nA: 1\r\n\r\n");
    EXPECT_EQ(with_header("\r\n", "A", "1"), "NATS/1.0\r\nA: 1\r\n\r\n");
    EXPECT_EQ(with_header("A: 0\r\nA: 2", "A", "1"), "A: 0\r\nA: 1\r\n\r\n");
    EXPECT_EQ(with_header("NATS/1.0\r\n\r\nA: 0\r\n\r\n", "A", "1"), "NATS/1.0\r\nA: 1\r\n\r\n");
}

}  // namespace
}  // namespace midge
