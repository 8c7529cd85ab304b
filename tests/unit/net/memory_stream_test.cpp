#include "net/memory_stream.h"

#include <thread>

#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

using Kind = IoResult::Kind;
using std::chrono::milliseconds;

IoResult write_text(Stream& stream, std::string_view text) {
    const IoSlice slice{.data = text.data(), .size = text.size()};
    return stream.write(&slice, 1);
}

std::string read_text(Stream& stream, size_t limit = 100) {
    std::string text(limit, '\0');
    const IoResult result = stream.read(text.data(), limit);
    text.resize(result.kind == Kind::done ? result.bytes : 0);
    return text;
}

TEST(MemoryStreamTest, carries_bytes_both_ways) {
    const auto [left, right] = MemoryStream::make_pair();
    const IoSlice slices[] = {{"he", 2}, {"", 0}, {"llo", 3}};
    EXPECT_EQ(left->write(slices, 3).bytes, 5U);
    EXPECT_EQ(write_text(*right, "hi").bytes, 2U);
    EXPECT_EQ(read_text(*right, 3), "hel");
    EXPECT_EQ(read_text(*right, 3), "lo");
    EXPECT_EQ(read_text(*left), "hi");
    char byte = 0;
    EXPECT_EQ(left->read(&byte, 1).kind, Kind::would_block);
}

TEST(MemoryStreamTest, takes_no_more_than_its_capacity_until_the_peer_reads) {
    const auto [left, right] = MemoryStream::make_pair(4);
    EXPECT_EQ(write_text(*left, "abcdef").bytes, 4U);
    EXPECT_EQ(write_text(*left, "ef").kind, Kind::would_block);
    EXPECT_EQ(read_text(*right, 1), "a");
    EXPECT_EQ(write_text(*left, "ef").bytes, 1U);
    EXPECT_EQ(read_text(*right), "bcde");
}

TEST(MemoryStreamTest, takes_no_more_per_write_than_it_was_told) {
    const auto [left, right] = MemoryStream::make_pair();
    left->write_at_most(2);
    EXPECT_EQ(write_text(*left, "abcdef").bytes, 2U);
    left->write_at_most(0);
    EXPECT_EQ(write_text(*left, "cdef").kind, Kind::would_block);
    left->write_at_most(MemoryStream::no_limit);
    EXPECT_EQ(write_text(*left, "cdef").bytes, 4U);
    EXPECT_EQ(read_text(*right), "abcdef");
}

TEST(MemoryStreamTest, gives_what_was_written_before_the_peer_closed_and_then_says_closed) {
    auto [left, right] = MemoryStream::make_pair();
    EXPECT_EQ(write_text(*left, "bye").bytes, 3U);
    left.reset();
    EXPECT_EQ(write_text(*right, "x").kind, Kind::closed);
    EXPECT_EQ(read_text(*right), "bye");
    char byte = 0;
    EXPECT_EQ(right->read(&byte, 1).kind, Kind::closed);
    right->close();
    EXPECT_EQ(right->read(&byte, 1).kind, Kind::closed);
    EXPECT_EQ(write_text(*right, "x").kind, Kind::closed);
}

TEST(MemoryStreamTest, lets_a_thread_wait_for_its_peer) {
    const auto [left, right] = MemoryStream::make_pair();
    EXPECT_FALSE(right->wait_readable(milliseconds(1)));
    std::thread writer([&stream = *left] {
        write_text(stream, "x");
        stream.close();
    });
    EXPECT_TRUE(right->wait_readable(deadline));
    EXPECT_EQ(read_text(*right), "x");
    EXPECT_TRUE(right->wait_readable(deadline));
    writer.join();
}

class MemoryStreamOnReactor : public ReactorTest {
  protected:
    void watch(Interest interest) { watched = ours->watch(reactor, handler, interest).value(); }

    MemoryStream::Pair pair = MemoryStream::make_pair(8);
    MemoryStream* ours = pair.first.get();
    MemoryStream* peer = pair.second.get();
    Handler handler;
    Watch watched;
};
INSTANTIATE_TEST_SUITE_P(Pollers, MemoryStreamOnReactor, poller_names(), poller_name);

TEST_P(MemoryStreamOnReactor, calls_back_until_everything_is_read) {
    ASSERT_EQ(write_text(*peer, "hello").bytes, 5U);
    std::string text;
    handler.readable = [&] {
        text += read_text(*ours, 2);
        if (text.size() == 8) reactor.stop();
    };
    watch(Interest::read);
    ASSERT_EQ(write_text(*peer, "abc").bytes, 3U);
    run();
    EXPECT_EQ(text, "helloabc");
}

TEST_P(MemoryStreamOnReactor, keeps_silent_without_interest_and_calls_back_when_there_is_some) {
    handler.readable = [] { FAIL() << "nobody asked"; };
    watch(Interest::none);
    ASSERT_EQ(write_text(*peer, "hello").bytes, 5U);
    run_one_turn();
    handler.readable = [&] { reactor.stop(); };
    watched.set_interest(Interest::read);
    run();
    EXPECT_EQ(read_text(*ours), "hello");
}

TEST_P(MemoryStreamOnReactor, tells_of_the_peers_close) {
    handler.readable = [&] {
        char byte = 0;
        EXPECT_EQ(ours->read(&byte, 1).kind, Kind::closed);
        reactor.stop();
    };
    watch(Interest::read);
    peer->close();
    run();
}

TEST_P(MemoryStreamOnReactor, tells_when_there_is_room_again_after_a_short_write) {
    watch(Interest::both);
    handler.writable = [] { FAIL() << "no room yet"; };
    ASSERT_EQ(write_text(*ours, "0123456789").bytes, 8U);
    run_one_turn();
    handler.writable = [&] {
        EXPECT_EQ(write_text(*ours, "89").bytes, 2U);
        reactor.stop();
    };
    EXPECT_EQ(read_text(*peer, 3), "012");
    run();
    EXPECT_EQ(read_text(*peer), "3456789");
}

TEST_P(MemoryStreamOnReactor, sends_all_in_small_pieces_when_each_write_takes_few_bytes) {
    const std::string text = "all of this text is longer than the stream's capacity";
    std::string received;
    size_t sent = 0;
    const auto write_on = [&] {
        const IoResult result = write_text(*ours, std::string_view(text).substr(sent));
        if (result.kind == Kind::done) sent += result.bytes;
        received += read_text(*peer, 2);
        if (sent == text.size()) reactor.stop();
    };
    ours->write_at_most(3);
    handler.writable = write_on;
    watch(Interest::both);
    write_on();
    run();
    EXPECT_EQ(received + read_text(*peer), text);
}

TEST_P(MemoryStreamOnReactor, serves_a_peer_on_another_thread) {
    constexpr int rounds = 2000;
    handler.readable = [&] {
        const std::string text = read_text(*ours);
        if (text.empty()) return reactor.stop();
        EXPECT_EQ(write_text(*ours, text).bytes, text.size());
    };
    watch(Interest::read);
    std::thread other([this] {
        for (int i = 0; i < rounds; ++i) {
            ASSERT_EQ(write_text(*peer, "ping").bytes, 4U);
            std::string echo;
            while (echo.size() < 4) {
                ASSERT_TRUE(peer->wait_readable(deadline));
                echo += read_text(*peer);
            }
            ASSERT_EQ(echo, "ping");
        }
        peer->close();
    });
    run();
    other.join();
}

TEST_P(MemoryStreamOnReactor, leaves_a_reactor_alone_that_it_is_closed_for) {
    handler.readable = [] { FAIL() << "the watch is gone"; };
    watch(Interest::read);
    ASSERT_EQ(write_text(*peer, "late").bytes, 4U);
    watched = Watch();
    ours->close();
    EXPECT_EQ(write_text(*peer, "later").kind, Kind::closed);
    run_one_turn();
}

}  // namespace
}  // namespace midge::net_test
