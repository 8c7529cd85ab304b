#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>

#include "net/delivery_lane.h"
#include "net/memory_stream.h"
#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

constexpr size_t pending_max = 8 * 1024 * 1024;

class NoOwner final : public OutboundOwner {
  public:
    void on_outbound_event(uint64_t /*connection_id*/, OutboundEvent event) override {
        events.push_back(event);
    }
    void on_room(uint64_t connection_id, uint32_t wait_number) override {
        told.emplace_back(connection_id, wait_number);
    }
    std::vector<OutboundEvent> events;
    std::vector<std::pair<uint64_t, uint32_t>> told;  // waiters that were notified
};

// A connection whose peer reads only when the test says so.
class Receiver {
  public:
    explicit Receiver(OutboundOwner& owner) {
        auto [ours, theirs] = MemoryStream::make_pair(64 * 1024);
        peer_ = std::move(theirs);
        outbound_ = make_ref<Outbound>(1, std::move(ours), owner, pending_max);
    }
    Outbound& outbound() { return *outbound_; }
    std::string read(size_t limit) {
        std::string text(limit, '\0');
        const IoResult result = peer_->read(text.data(), limit);
        text.resize(result.kind == IoResult::Kind::done ? result.bytes : 0);
        return text;
    }
    // Reads in irregular steps until nothing is left.
    std::string drain() {
        std::string all;
        std::minstd_rand steps(7);
        for (;;) {
            const std::string part = read(1 + steps() % 3000);
            all += part;
            const bool all_out = outbound_->write_queued();
            if (part.empty() && all_out) return all;
        }
    }

  private:
    std::unique_ptr<MemoryStream> peer_;
    Ref<Outbound> outbound_;
};

std::string head_of(std::string_view sid) {
    return "MSG subject " + std::string(sid);
}

void append_references(DeliveryLane& lane, Receiver& to, std::string_view sid,
                       std::string_view body, SharedBytesWriter::Place& kept) {
    const std::string head = head_of(sid);
    const std::array head_pieces{std::string_view(head).substr(0, 4),
                                 std::string_view(head).substr(4)};
    const std::array rest{std::string_view(" 5\r\n"), body, std::string_view("\r\n")};
    lane.append_references(lane.stage(to.outbound()), head_pieces, rest, kept);
}

std::string as_sent(std::string_view sid, std::string_view body) {
    return head_of(sid) + " 5\r\n" + std::string(body) + "\r\n";
}

TEST(OutboundTest, copies_and_references_arrive_in_the_order_in_which_they_were_staged) {
    NoOwner owner;
    Receiver connection(owner);
    DeliveryLane lane(0);
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        const std::string body = std::to_string(i) + std::string(static_cast<size_t>(i % 300), 'b');
        if (i % 7 < 3) {
            lane.append(lane.stage(connection.outbound()), body);
            expected += body;
        } else {
            SharedBytesWriter::Place kept;
            const std::string sid = std::to_string(i % 3);
            append_references(lane, connection, sid, body, kept);
            expected += as_sent(sid, body);
        }
        if (i % 100 == 0) lane.commit();
    }
    lane.commit();
    EXPECT_EQ(connection.outbound().pending_bytes(), expected.size() - 64 * 1024);
    EXPECT_EQ(connection.drain(), expected);
    EXPECT_EQ(connection.outbound().pending_bytes(), 0U);
}

TEST(OutboundTest, one_copy_serves_many_receivers_and_outlives_the_lane) {
    NoOwner owner;
    Receiver left(owner), right(owner);
    std::string left_expected, right_expected;
    {
        DeliveryLane lane(0);
        // More than a block, so that the copy is in another block for some of the receivers.
        const std::string body(15000, 'x');
        for (int i = 0; i < 300; ++i) {
            SharedBytesWriter::Place kept;
            append_references(lane, left, "1", body, kept);
            const SharedBytesWriter::Place first = kept;
            append_references(lane, right, "22", body, kept);
            if (kept.block == first.block) {
                EXPECT_EQ(kept.bytes.data(), first.bytes.data());
            }
            left_expected += as_sent("1", body);
            right_expected += as_sent("22", body);
        }
        lane.commit();
    }
    EXPECT_EQ(left.drain(), left_expected);
    EXPECT_EQ(right.drain(), right_expected);
}

TEST(OutboundTest, says_how_much_is_queued) {
    NoOwner owner;
    Receiver connection(owner);
    DeliveryLane lane(0);
    const auto stage = [&](size_t bytes) {
        lane.append(lane.stage(connection.outbound()), std::string(bytes, 'x'));
        lane.commit();
        return connection.outbound().uptake();
    };
    EXPECT_EQ(stage(1024), Uptake::prompt);
    EXPECT_EQ(stage(1024 * 1024), Uptake::prompt);  // 64 KiB of it have reached the peer
    EXPECT_EQ(stage(128 * 1024), Uptake::slow);
    EXPECT_EQ(stage(4 * 1024 * 1024), Uptake::slow);
    EXPECT_EQ(stage(1024 * 1024), Uptake::stuck);
    EXPECT_EQ(owner.events, std::vector{OutboundEvent::wants_writable});
    while (connection.outbound().pending_bytes() > 0) {
        (void)connection.read(64 * 1024);
        (void)connection.outbound().write_queued();
    }
    EXPECT_EQ(connection.outbound().uptake(), Uptake::prompt);
    EXPECT_EQ(stage(2 * pending_max), Uptake::closed);
    EXPECT_EQ(owner.events.back(), OutboundEvent::slow_consumer);
}

using Told = std::vector<std::pair<uint64_t, uint32_t>>;

// Checks until the peer is considered stuck.
void check_until_told(Outbound& outbound, const NoOwner& owner) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (owner.told.empty() && std::chrono::steady_clock::now() < end) {
        outbound.check_progress();
        std::this_thread::yield();
    }
}

TEST(OutboundTest, publishers_wait_from_half_of_max_pending_on_until_an_eighth_of_that_is_gone) {
    NoOwner owner;
    Receiver connection(owner);
    Outbound& outbound = connection.outbound();
    DeliveryLane lane(0);
    const auto stage = [&](size_t bytes) {
        lane.append(lane.stage(outbound), std::string(bytes, 'x'));
        lane.commit();
    };
    stage(pending_max / 2);
    EXPECT_FALSE(outbound.wants_room());
    EXPECT_FALSE(outbound.wait_for_room({&owner, 7, 1}));
    stage(64 * 1024 + 1);
    EXPECT_TRUE(outbound.wants_room());
    EXPECT_TRUE(outbound.wait_for_room({&owner, 7, 2}));
    EXPECT_TRUE(outbound.wait_for_room({&owner, 8, 1}));
    outbound.stop_waiting({&owner, 7, 2});
    EXPECT_TRUE(outbound.wait_for_room({&owner, 9, 4}));
    while (outbound.pending_bytes() > pending_max / 2 - pending_max / 16) {
        EXPECT_EQ(owner.told, Told());
        ASSERT_FALSE(connection.read(64 * 1024).empty());
        (void)outbound.write_queued();
    }
    EXPECT_FALSE(outbound.wants_room());
    EXPECT_EQ(owner.told, (Told{{8, 1}, {9, 4}}));
}

TEST(OutboundTest, nobody_waits_for_a_peer_that_takes_nothing_until_it_takes_something) {
    NoOwner owner;
    Receiver connection(owner);
    Outbound& outbound = connection.outbound();
    DeliveryLane lane(0);
    lane.append(lane.stage(outbound), std::string(pending_max / 4 * 3, 'x'));
    const auto began = std::chrono::steady_clock::now();
    lane.commit();
    if (outbound.wait_for_room({&owner, 7, 1})) check_until_told(outbound, owner);
    EXPECT_GE(std::chrono::steady_clock::now() - began, Outbound::first_patience);
    EXPECT_EQ(owner.told, (Told{{7, 1}}));
    EXPECT_FALSE(outbound.wants_room());
    EXPECT_FALSE(outbound.wait_for_room({&owner, 7, 2}));
    (void)connection.read(1);
    (void)outbound.write_queued();
    EXPECT_FALSE(outbound.wants_room());  // a few bytes do not count
    (void)connection.read(64 * 1024);
    (void)outbound.write_queued();
    EXPECT_TRUE(outbound.wants_room());
    EXPECT_TRUE(outbound.wait_for_room({&owner, 7, 3}));
}

TEST(OutboundTest, the_end_of_the_connection_ends_all_waits) {
    NoOwner owner;
    Receiver connection(owner);
    DeliveryLane lane(0);
    lane.append(lane.stage(connection.outbound()), std::string(pending_max / 4 * 3, 'x'));
    lane.commit();
    EXPECT_TRUE(connection.outbound().wait_for_room({&owner, 7, 1}));
    connection.outbound().shutdown();
    EXPECT_EQ(owner.told, (Told{{7, 1}}));
    EXPECT_FALSE(connection.outbound().wait_for_room({&owner, 7, 2}));
}

// The socket itself takes no bytes until much of its buffer is free.
TEST(OutboundTest, what_the_peer_has_acknowledged_is_progress) {
    NoOwner owner;
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    const SocketHandle socket = pair.ours.get();
    if (!socket_unacknowledged(socket)) GTEST_SKIP() << "this system does not tell";
    Accepted accepted;
    accepted.socket = pair.ours.release();
    const auto outbound =
        make_ref<Outbound>(1, make_socket_stream(std::move(accepted)), owner, pending_max);
    DeliveryLane lane(0);
    while (!outbound->wants_room()) {
        lane.append(lane.stage(*outbound), std::string(256 * 1024, 'x'));
        lane.commit();
    }
    const auto began = std::chrono::steady_clock::now();
    ASSERT_TRUE(outbound->wait_for_room({&owner, 7, 1}));
    const size_t before = *socket_unacknowledged(socket);
    std::array<char, 4096> bytes{};
    while (*socket_unacknowledged(socket) + Outbound::progress_bytes_min > before)
        ASSERT_GT(pair.theirs.receiveBytes(bytes.data(), static_cast<int>(bytes.size())), 0);
    outbound->check_progress();
    check_until_told(*outbound, owner);
    EXPECT_GE(std::chrono::steady_clock::now() - began, Outbound::patience);
    EXPECT_EQ(owner.told, (Told{{7, 1}}));
}

}  // namespace
}  // namespace midge::net_test
