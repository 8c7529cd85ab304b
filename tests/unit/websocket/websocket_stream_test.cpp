// WebsocketStream and a client that writes bytes, both in memory.
#include "websocket/websocket_stream.h"

#include <gtest/gtest.h>

#include "net/memory_stream.h"
#include "unit/websocket/client_frames.h"

namespace midge {
namespace {

using test::bytes_of;
using test::deflated;
using Kind = IoResult::Kind;

struct Pair {
    explicit Pair(WebsocketStream::Settings settings = plain(),
                  MemoryStream::Pair ends = MemoryStream::make_pair())
        : raw(ends.first.get()),
          server(std::move(ends.first), settings),
          client(std::move(ends.second)) {}

    static WebsocketStream::Settings plain() {
        WebsocketStream::Settings settings;
        settings.rules.message_bytes_max = 10'000;
        return settings;
    }
    static WebsocketStream::Settings compressing() {
        WebsocketStream::Settings settings = plain();
        settings.compression = settings.rules.compression = true;
        return settings;
    }
    void send(std::string_view bytes) {
        const IoSlice slice{bytes.data(), bytes.size()};
        ASSERT_EQ(client->write(&slice, 1).bytes, bytes.size());
    }
    // Returns everything that the server can read now.
    std::string read(size_t room = 1000) {
        std::string all;
        std::string part(room, '\0');
        do {
            last = server.read(part.data(), room);
            EXPECT_LE(last.bytes, room);
            all.append(part.data(), last.bytes);
        } while (last.kind == Kind::done ||
                 (last.kind == Kind::would_block && raw->wait_readable({})));
        return all;
    }
    // Returns all bytes that the client has received, including frame headers.
    std::string received() {
        std::string all;
        std::string part(65536, '\0');
        while (true) {
            const IoResult got = client->read(part.data(), part.size());
            if (got.kind != Kind::done) return all;
            all.append(part.data(), got.bytes);
        }
    }
    IoResult write(std::string_view text) {
        const IoSlice slice{text.data(), text.size()};
        return server.write(&slice, 1);
    }

    MemoryStream* raw;
    WebsocketStream server;
    std::unique_ptr<MemoryStream> client;
    IoResult last;
};

// Returns the decompressed payloads of the server's frames.
std::string payloads(const std::string& bytes, int* frames = nullptr) {
    std::string all;
    size_t at = 0;
    while (at < bytes.size()) {
        const bool compressed = (bytes[at] & compressed_bit) != 0;
        EXPECT_EQ(static_cast<uint8_t>(bytes[at]) & ~compressed_bit, 0x82);
        size_t size = static_cast<uint8_t>(bytes[at + 1]);
        at += 2;
        const size_t length_bytes = size < 126 ? 0 : size == 126 ? 2 : 8;
        if (length_bytes > 0) size = 0;
        for (size_t i = 0; i < length_bytes; ++i)
            size = size << 8 | static_cast<uint8_t>(bytes[at++]);
        std::string payload = bytes.substr(at, size);
        EXPECT_EQ(payload.size(), size);
        at += size;
        if (frames != nullptr) ++*frames;
        if (!compressed) {
            all += payload;
            continue;
        }
        Inflater inflater;
        std::string out(1024 * 1024, '\0');
        payload += deflate_tail;
        const auto progress = inflater.inflate(payload, out.data(), out.size());
        EXPECT_FALSE(progress.bad);
        all.append(out, 0, progress.made);
    }
    return all;
}

TEST(WebsocketStream, reads_what_is_in_frames) {
    Pair pair;
    pair.send(bytes_of({.payload = "PING\r\n"}) +
              bytes_of({.opcode = 1, .payload = "SUB a 1\r\n"}));
    EXPECT_EQ(pair.read(), "PING\r\nSUB a 1\r\n");
    EXPECT_EQ(pair.last.kind, Kind::would_block);
    pair.send(bytes_of({.payload = "abcdefgh"}));
    EXPECT_EQ(pair.read(3), "abcdefgh");
}

TEST(WebsocketStream, writes_a_frame_for_each_write) {
    Pair pair;
    EXPECT_EQ(pair.write("PONG\r\n").bytes, 6U);
    EXPECT_EQ(pair.received(), "\x82\x06PONG\r\n");
    const std::string longer(126, 'a'), longest(65536, 'b');
    EXPECT_EQ(pair.write(longer).bytes, longer.size());
    EXPECT_EQ(pair.received(), std::string("\x82\x7e\x00\x7e", 4) + longer);
    EXPECT_EQ(pair.write(longest).bytes, longest.size());
    EXPECT_EQ(pair.received(), std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10) + longest);
}

TEST(WebsocketStream, writes_short_frames_for_browsers) {
    auto settings = Pair::plain();
    settings.small_frames = true;
    Pair pair(settings);
    const std::string text(10'000, 'a');
    EXPECT_EQ(pair.write(text).bytes, text.size());
    int frames = 0;
    EXPECT_EQ(payloads(pair.received(), &frames), text);
    EXPECT_EQ(frames, 3);
}

// Like an Outbound: offers bytes that were not taken again, with more behind them.
std::string write_all(Pair& pair, const std::string& text, size_t at_once) {
    std::string received;
    size_t at = 0, offered = 0;
    for (int turn = 0; at < text.size() && turn < 100'000; ++turn) {
        pair.raw->write_at_most(turn % 3 == 0 ? 0 : at_once);
        offered = std::min(text.size(), std::max(offered, at) + 17);
        const std::string_view rest = std::string_view(text).substr(at, offered - at);
        const IoSlice slices[] = {{rest.data(), rest.size() / 2},
                                  {rest.data() + rest.size() / 2, rest.size() - rest.size() / 2}};
        const IoResult result = pair.server.write(slices, 2);
        if (result.kind == Kind::done) at += result.bytes;
        received += pair.received();
    }
    return received;
}

TEST(WebsocketStream, goes_on_where_the_socket_took_no_more) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "line " + std::to_string(i) + "\r\n";
    for (const size_t at_once : {1, 2, 5, 100}) {
        Pair plain, packed(Pair::compressing());
        EXPECT_EQ(payloads(write_all(plain, text, at_once)), text);
        EXPECT_EQ(payloads(write_all(packed, text, at_once)), text);
    }
}

TEST(WebsocketStream, answers_a_ping_also_within_a_frame) {
    Pair pair;
    pair.send(bytes_of({.opcode = 9, .payload = "one"}));
    EXPECT_EQ(pair.read(), "");
    EXPECT_EQ(pair.received(), "\x8a\x03one");
    pair.raw->write_at_most(4);
    EXPECT_EQ(pair.write("abcdef").bytes, 2U);
    pair.send(bytes_of({.opcode = 9, .payload = "two"}));
    EXPECT_EQ(pair.read(), "");
    pair.raw->write_at_most(MemoryStream::no_limit);
    EXPECT_EQ(pair.write("cdefgh").bytes, 6U);
    EXPECT_EQ(pair.received(),
              "\x82\x06"
              "abcdef"
              "\x8a\x03two"
              "\x82\x02gh");
}

TEST(WebsocketStream, keeps_few_answers_to_pings_that_nobody_takes) {
    Pair pair;
    pair.raw->write_at_most(0);
    for (int i = 0; i < 1000; ++i) pair.send(bytes_of({.opcode = 9, .payload = "0123456789"}));
    EXPECT_EQ(pair.read(), "");
    pair.raw->write_at_most(MemoryStream::no_limit);
    (void)pair.write("x");
    EXPECT_LE(pair.received().size(), WebsocketStream::unsent_answers_max + 100);
}

TEST(WebsocketStream, says_good_bye_as_it_is_said) {
    struct Case {
        std::string sent, answer;
    };
    for (const Case& c :
         {Case{std::string("\x03\xe8"
                           "bye"),
               "\x88\x05\x03\xe8"
               "bye"},
          Case{"", std::string("\x88\0", 2)},
          Case{std::string("\x03\xe8\xff"), "\x88\x22\x03\xefinvalid utf8 body in close frame"}}) {
        Pair pair;
        pair.send(bytes_of({.payload = "a"}) + bytes_of({.opcode = 8, .payload = c.sent}) +
                  bytes_of({.payload = "b"}));
        EXPECT_EQ(pair.read(), "a");
        EXPECT_EQ(pair.last.kind, Kind::closed);
        pair.server.set_close(CloseStatus::normal, "once is enough");
        pair.server.close();
        EXPECT_EQ(pair.received(), c.answer);
    }
}

TEST(WebsocketStream, says_why_it_closes) {
    Pair pair;
    pair.server.set_close(CloseStatus::policy_violation, "Authentication Failure");
    pair.server.close();
    EXPECT_EQ(pair.received(),
              "\x88\x18\x03\xf0"
              "Authentication Failure");
}

TEST(WebsocketStream, says_nothing_within_a_frame) {
    Pair pair;
    pair.raw->write_at_most(4);
    EXPECT_EQ(pair.write("abcdef").bytes, 2U);
    pair.raw->write_at_most(MemoryStream::no_limit);
    pair.server.set_close(CloseStatus::normal, "bye");
    pair.server.close();
    EXPECT_EQ(pair.received(),
              "\x82\x06"
              "ab");
}

TEST(WebsocketStream, tells_why_frames_are_refused) {
    Pair pair;
    pair.send(bytes_of({.payload = "a"}) + bytes_of({.payload = "b", .masked = false}));
    EXPECT_EQ(pair.read(), "a");
    EXPECT_EQ(pair.last.kind, Kind::failed);
    EXPECT_EQ(pair.server.failure(), "mask bit missing");
    (void)pair.write("PONG\r\n");
    pair.server.set_close(CloseStatus::going_away, "Read Error");
    pair.server.close();
    EXPECT_EQ(pair.received(), "\x82\x06PONG\r\n\x88\x12\x03\xeamask bit missing");
}

TEST(WebsocketStream, inflates_into_whatever_room_there_is) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "PUB a " + std::to_string(i) + "\r\n";
    const std::string packed = deflated(text);
    const std::string_view view = packed;
    const std::string frames =
        bytes_of({.payload = view.substr(0, 10), .final = false, .reserved = 4}) +
        bytes_of({.opcode = 9, .payload = "x"}) +
        bytes_of({.opcode = 0, .payload = view.substr(10)}) + bytes_of({.payload = "PING\r\n"}) +
        bytes_of({.payload = view, .reserved = 4});
    for (const size_t room : {1, 7, 100, 100'000}) {
        Pair pair(Pair::compressing());
        pair.send(frames);
        EXPECT_EQ(pair.read(room), text + "PING\r\n" + text) << room;
        EXPECT_EQ(pair.last.kind, Kind::would_block);
    }
}

TEST(WebsocketStream, compresses_what_is_worth_it) {
    Pair pair(Pair::compressing());
    (void)pair.write(std::string(64, 'a'));
    EXPECT_EQ(pair.received(), "\x82\x40" + std::string(64, 'a'));
    (void)pair.write(std::string(65, 'a'));
    const std::string packed = pair.received();
    EXPECT_EQ(static_cast<uint8_t>(packed[0]), 0xc2);
    EXPECT_LT(packed.size(), 20U);
    EXPECT_EQ(payloads(packed), std::string(65, 'a'));
}

// CVE-2026-27571: a few bytes that decompress to many.
TEST(WebsocketStream, stops_a_compressed_message_at_its_limit) {
    const std::string bomb = deflated(std::string(1'000'000, 'a'));
    ASSERT_LT(bomb.size(), 2000U);
    for (const size_t room : {100, 100'000}) {
        Pair pair(Pair::compressing());
        pair.send(bytes_of({.payload = bomb, .reserved = 4}));
        EXPECT_EQ(pair.read(room).size(), 10'000U);
        EXPECT_EQ(pair.last.kind, Kind::failed);
        EXPECT_EQ(pair.server.failure(), "maximum payload exceeded");
    }
    Pair exact(Pair::compressing());
    exact.send(bytes_of({.payload = deflated(std::string(10'000, 'a')), .reserved = 4}));
    EXPECT_EQ(exact.read().size(), 10'000U);
    EXPECT_EQ(exact.last.kind, Kind::would_block);
}

TEST(WebsocketStream, refuses_what_does_not_inflate) {
    Pair pair(Pair::compressing());
    pair.send(bytes_of({.payload = "\xff\xff\xff", .reserved = 4}));
    EXPECT_EQ(pair.read(), "");
    EXPECT_EQ(pair.last.kind, Kind::failed);
    EXPECT_EQ(pair.server.failure(), "invalid compressed data");
}

}  // namespace
}  // namespace midge
