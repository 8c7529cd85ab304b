#include "websocket/frame_reader.h"

#include <gtest/gtest.h>

#include "unit/websocket/client_frames.h"

namespace midge {
namespace {

using test::bytes_of;
using test::ClientFrame;
using FoundKind = FrameReader::Found::Kind;

constexpr FrameReader::Rules usual_rules{
    .masked = true, .compression = false, .message_bytes_max = 1000};

struct Read {
    std::string data;
    std::string controls;  // opcode and payload of each
    std::string bad;
    bool too_big = false;
    int messages = 0;
};

// Gives the reader `step` bytes at a time.
Read read(std::string input, FrameReader::Rules rules = usual_rules, size_t step = SIZE_MAX) {
    FrameReader reader(rules);
    Read read;
    size_t at = 0;
    while (at < input.size()) {
        const auto found = reader.next(input.data() + at, std::min(step, input.size() - at));
        at += found.used;
        if (found.kind == FoundKind::data) read.data += found.payload;
        if (found.kind == FoundKind::control) {
            read.controls += std::to_string(static_cast<int>(found.opcode)) + ':';
            read.controls += found.payload;
        }
        if (found.kind == FoundKind::bad) read.bad = found.payload;
        read.messages += found.ends ? 1 : 0;
        read.too_big = found.kind == FoundKind::too_big;
        if (read.too_big) read.data += found.payload;
        if (!read.bad.empty() || read.too_big) break;
    }
    return read;
}

TEST(FrameReader, gives_what_frames_of_every_length_hold) {
    FrameReader::Rules rules = usual_rules;
    rules.message_bytes_max = 200'000;
    for (const size_t size : {0, 1, 7, 8, 125, 126, 65535, 65536, 100'000}) {
        std::string payload;
        for (size_t i = 0; i < size; ++i) payload += static_cast<char>(i * 7);
        for (const size_t step : {SIZE_MAX, size_t{1}, size_t{3}, size_t{1000}}) {
            const Read got = read(bytes_of({.payload = payload}), rules, step);
            EXPECT_EQ(got.data, payload);
            EXPECT_EQ(got.messages, 1) << size << " " << step;
        }
    }
}

TEST(FrameReader, takes_frames_without_mask_where_that_was_agreed) {
    const std::string frame = bytes_of({.payload = "PING\r\n", .masked = false});
    EXPECT_EQ(read(frame).bad, "mask bit missing");
    FrameReader::Rules rules = usual_rules;
    rules.masked = false;
    EXPECT_EQ(read(frame, rules).data, "PING\r\n");
    EXPECT_EQ(read(bytes_of({.payload = "PING\r\n"}), rules).data, "PING\r\n");
}

TEST(FrameReader, puts_fragments_together_and_control_frames_between_them_aside) {
    const std::string input = bytes_of({.opcode = 1, .payload = "PI", .final = false}) +
                              bytes_of({.opcode = 9, .payload = "x"}) +
                              bytes_of({.opcode = 0, .payload = "", .final = false}) +
                              bytes_of({.opcode = 0, .payload = "NG"});
    for (const size_t step : {SIZE_MAX, size_t{1}}) {
        const Read got = read(input, usual_rules, step);
        EXPECT_EQ(got.data, "PING");
        EXPECT_EQ(got.controls, "9:x");
        EXPECT_EQ(got.messages, 1);
    }
}

TEST(FrameReader, refuses_frames_that_are_none) {
    const std::string begun = bytes_of({.payload = "a", .final = false});
    const std::string long_text(126, 'a');
    struct Case {
        std::string input;
        std::string_view bad;
    };
    for (const Case& c :
         {Case{bytes_of({.payload = "a", .reserved = 2}), "RSV2 and RSV3 must be clear"},
          Case{bytes_of({.payload = "a", .reserved = 4}),
               "compressed frame received without negotiated permessage-deflate"},
          Case{bytes_of({.opcode = 3}), "unknown opcode 3"},
          Case{bytes_of({.opcode = 15}), "unknown opcode 15"},
          Case{bytes_of({.opcode = 0, .payload = "a"}), "invalid continuation frame"},
          Case{begun + bytes_of({.payload = "a"}),
               "new message started before final frame for previous message was received"},
          Case{bytes_of({.opcode = 9, .payload = long_text}),
               "control frame length bigger than maximum allowed of 125 bytes"},
          Case{bytes_of({.opcode = 9, .payload = "a", .final = false}),
               "control frame does not have final bit set"},
          Case{bytes_of({.opcode = 8, .payload = "a"}), "close frame payload cannot be 1 byte"},
          Case{std::string("\x82\xff\x80\0\0\0\0\0\0\0abcd", 14),
               "invalid 64-bit payload length"}}) {
        EXPECT_EQ(read(c.input).bad, c.bad);
        EXPECT_EQ(read(c.input, usual_rules, 1).bad, c.bad);
    }
}

TEST(FrameReader, gives_of_a_frame_that_is_too_big_what_is_not) {
    const std::string text(1001, 'a');
    EXPECT_FALSE(read(bytes_of({.payload = std::string_view(text).substr(1)})).too_big);
    const Read got = read(bytes_of({.payload = text}));
    EXPECT_TRUE(got.too_big);
    EXPECT_EQ(got.data.size(), 1000U);
    std::string fragments = bytes_of({.payload = "aa", .final = false});
    for (int i = 0; i < 1000; ++i)
        fragments += bytes_of({.opcode = 0, .payload = "a", .final = false});
    EXPECT_FALSE(read(fragments).too_big);
    FrameReader::Rules rules = usual_rules;
    rules.compression = true;
    std::string compressed = bytes_of({.payload = "a", .final = false, .reserved = 4});
    for (int i = 0; i < 1000; ++i)
        compressed += bytes_of({.opcode = 0, .payload = "a", .final = false});
    EXPECT_TRUE(read(compressed, rules).too_big);
}

}  // namespace
}  // namespace midge
