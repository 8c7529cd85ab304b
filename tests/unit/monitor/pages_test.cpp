// The monitoring pages as values: their texts, their order, what is kept of closed connections.
#include <gtest/gtest.h>

#include "monitor/absent_pages.h"
#include "monitor/closed_connections.h"
#include "monitor/connz_order.h"
#include "monitor/page_text.h"

namespace midge {
namespace {

constexpr int64_t second = 1'000'000'000;

TEST(UptimeText, has_nats_servers_units) {
    EXPECT_EQ(uptime_text(0), "0s");
    EXPECT_EQ(uptime_text(-5 * second), "0s");
    EXPECT_EQ(uptime_text(59 * second + second / 2), "59s");
    EXPECT_EQ(uptime_text(184 * second), "3m4s");
    EXPECT_EQ(uptime_text(7384 * second), "2h3m4s");
    EXPECT_EQ(uptime_text((86'400 + 7384) * second), "1d2h3m4s");
    EXPECT_EQ(uptime_text((3 * 365 * 86'400LL + 2 * 86'400 + 3600 + 245) * second), "3y2d1h4m5s");
}

ConnectionFigures figures(uint64_t cid, uint64_t in_msgs, WallNanos start) {
    ConnectionFigures out;
    out.cid = cid;
    out.in_msgs = in_msgs;
    out.start = out.last_activity = start;
    return out;
}

std::vector<uint64_t> order(const std::string& sort, int64_t offset = 0, int64_t limit = 0) {
    ConnzOptions options;
    options.sort = sort;
    const auto by = connz_sort(options);
    EXPECT_TRUE(by.has_value());
    std::vector<ConnzKey> keys;
    for (const auto& one : {figures(3, 10, 100), figures(1, 30, 300), figures(2, 20, 200)})
        keys.push_back(connz_key(one, *by, 1000));
    select_page(keys, offset, limit);
    std::vector<uint64_t> cids;
    for (const ConnzKey& key : keys) cids.push_back(key.cid);
    return cids;
}

TEST(ConnzOrder, largest_numbers_come_first_except_for_cid_start_and_uptime) {
    using Ids = std::vector<uint64_t>;
    EXPECT_EQ(order(""), (Ids{1, 2, 3}));
    EXPECT_EQ(order("cid"), (Ids{1, 2, 3}));
    EXPECT_EQ(order("start"), (Ids{3, 2, 1}));
    EXPECT_EQ(order("msgs_from"), (Ids{1, 2, 3}));
    EXPECT_EQ(order("last"), (Ids{1, 2, 3}));
    EXPECT_EQ(order("idle"), (Ids{3, 2, 1}));
    EXPECT_EQ(order("uptime"), (Ids{1, 2, 3}));
    EXPECT_EQ(order("subs"), (Ids{1, 2, 3})) << "equal ones by cid";
}

TEST(ConnzOrder, a_page_is_a_part) {
    using Ids = std::vector<uint64_t>;
    EXPECT_EQ(order("cid", 1), (Ids{2, 3}));
    EXPECT_EQ(order("cid", 1, 1), (Ids{2}));
    EXPECT_EQ(order("cid", -4, 2), (Ids{1, 2}));
    EXPECT_EQ(order("cid", 3, 5), (Ids{}));
    EXPECT_EQ(order("cid", INT64_MAX, INT64_MAX), (Ids{}));
}

TEST(ConnzOrder, unknown_words_and_orders_of_closed_connections_are_refused) {
    const auto error = [](const std::string& sort, ConnectionState state) {
        ConnzOptions options;
        options.sort = sort;
        options.state = state;
        const auto by = connz_sort(options);
        return by ? std::string() : by.error().text;
    };
    EXPECT_EQ(error("foo", ConnectionState::open), "invalid sorting option: foo");
    EXPECT_EQ(error("stop", ConnectionState::any), "sort by stop only valid on closed connections");
    EXPECT_EQ(error("reason", ConnectionState::open),
              "sort by reason only valid on closed connections");
    EXPECT_EQ(error("reason", ConnectionState::closed), "");
}

ConnectionRow row(uint64_t cid, size_t name_bytes = 0) {
    ConnectionRow out;
    out.cid = cid;
    out.name.assign(name_bytes, 'n');
    return out;
}

TEST(ClosedConnections, keeps_the_last_ones) {
    ClosedConnections closed(3);
    for (uint64_t cid = 1; cid <= 5; ++cid) closed.add(row(cid));
    const auto all = closed.all();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all.front()->cid, 3U);
    EXPECT_EQ(all.back()->cid, 5U);
}

TEST(ClosedConnections, texts_together_have_a_limit) {
    ClosedConnections closed(1000);
    constexpr size_t large = ClosedConnections::bytes_max / 4;
    for (uint64_t cid = 1; cid <= 10; ++cid) closed.add(row(cid, large));
    EXPECT_EQ(closed.all().size(), 3U);
    closed.add(row(11, ClosedConnections::bytes_max));
    EXPECT_EQ(closed.all().back()->cid, 10U) << "one that is too large is not kept";
}

TEST(AbsentPages, are_those_of_a_server_without_the_part) {
    JsonWriter out(2);
    write_leafz(out, "N", 0);
    EXPECT_EQ(
        out.take(),
        "{\n  \"server_id\": \"N\",\n  \"now\": \"1970-01-01T00:00:00Z\",\n  \"leafnodes\": 0,\n"
        "  \"leafs\": []\n}");
}

}  // namespace
}  // namespace midge
