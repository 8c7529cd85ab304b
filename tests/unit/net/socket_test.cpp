#include "net/socket.h"

#include <array>

#include "net/stream.h"
#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

using Kind = IoResult::Kind;

bool has_ipv6() {
    const auto socket = socket_listen("::1", 0);
    if (socket) socket_close(*socket);
    return socket.has_value();
}

IoResult write_text(SocketHandle socket, std::string_view text) {
    const IoSlice slice{.data = text.data(), .size = text.size()};
    return socket_write(socket, &slice, 1);
}

TEST(SocketListen, on_port_zero_takes_a_free_port) {
    const OwnedHandle first(socket_listen("127.0.0.1", 0).value());
    const OwnedHandle second(socket_listen("127.0.0.1", 0).value());
    EXPECT_NE(socket_local_port(first.get()), 0);
    EXPECT_NE(socket_local_port(first.get()), socket_local_port(second.get()));
}

TEST(SocketListen, on_a_taken_port_fails_with_the_text_of_nats_server) {
    for (const auto& [host, shown] :
         {std::pair("127.0.0.1", "127.0.0.1"), std::pair("::1", "[::1]"),
          std::pair("localhost", "127.0.0.1")}) {
        if (host == std::string_view("::1") && !has_ipv6()) continue;
        const OwnedHandle first(socket_listen(host, 0).value());
        const std::string port = std::to_string(socket_local_port(first.get()));
        const auto second = socket_listen(host, socket_local_port(first.get()));
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().text,
                  std::string("listen tcp ") + shown + ":" + port + ": bind: " + address_in_use);
    }
}

TEST(SocketListen, can_take_a_port_again_whose_connections_have_just_ended) {
    OwnedHandle first(socket_listen("127.0.0.1", 0).value());
    const uint16_t port = socket_local_port(first.get());
    Poco::Net::StreamSocket client(Poco::Net::SocketAddress("127.0.0.1", port));
    Accepted accepted;
    ASSERT_EQ(socket_accept(first.get(), accepted).kind, Kind::done);
    // The side that closes first keeps the address in use for a while.
    socket_close(accepted.socket);
    client.close();
    socket_close(first.release());
    const auto again = socket_listen("127.0.0.1", port);
    ASSERT_TRUE(again) << again.error().text;
    socket_close(*again);
}

TEST(SocketListen, says_where_and_why_it_fails) {
    const std::pair<std::pair<const char*, int>, std::string> cases[] = {
        {{"192.0.2.1", 4222}, "listen tcp 192.0.2.1:4222: bind: " + foreign_address},
        {{"no host", 4222}, "listen tcp: lookup no host: no such host"},
        {{"127.0.0.1", 65536}, "listen tcp 127.0.0.1: port is 65536, expected 0..65535"},
        {{"127.0.0.1", -1}, "listen tcp 127.0.0.1: port is -1, expected 0..65535"},
    };
    for (const auto& [where, text] : cases) {
        const auto socket = socket_listen(where.first, where.second);
        ASSERT_FALSE(socket);
        EXPECT_EQ(socket.error().text, text);
    }
}

TEST(SocketListen, on_all_ipv6_addresses_serves_ipv4_too) {
    if (!has_ipv6()) GTEST_SKIP() << "this system has no IPv6";
    const OwnedHandle listener(socket_listen("::", 0).value());
    const uint16_t port = socket_local_port(listener.get());
    for (const char* ip : {"127.0.0.1", "::1"}) {
        const Poco::Net::StreamSocket client(Poco::Net::SocketAddress(ip, port));
        Accepted accepted;
        ASSERT_EQ(socket_accept(listener.get(), accepted).kind, Kind::done);
        const OwnedHandle socket(accepted.socket);
        EXPECT_EQ(accepted.peer.ip, ip);
        EXPECT_EQ(accepted.peer.port, client.address().port());
    }
}

TEST(SocketListen, on_0_0_0_0_serves_ipv6_too_where_there_is_any_as_nats_server_does) {
    const OwnedHandle listener(socket_listen("0.0.0.0", 0).value());
    const uint16_t port = socket_local_port(listener.get());
    const Poco::Net::StreamSocket client(Poco::Net::SocketAddress("127.0.0.1", port));
    if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
    EXPECT_NO_THROW(Poco::Net::StreamSocket(Poco::Net::SocketAddress("::1", port)));
}

TEST(SocketAccept, would_block_when_nobody_waits) {
    const OwnedHandle listener(socket_listen("127.0.0.1", 0).value());
    Accepted accepted;
    EXPECT_EQ(socket_accept(listener.get(), accepted).kind, Kind::would_block);
    EXPECT_EQ(accepted.socket, no_socket);
}

TEST(SocketRead, would_block_when_there_is_nothing) {
    SocketPairs pairs;
    const SocketPair pair = pairs.make();
    char byte = 0;
    EXPECT_EQ(socket_read(pair.ours.get(), &byte, 1).kind, Kind::would_block);
}

TEST(SocketWrite, gathers_slices_in_order) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    const IoSlice slices[] = {{"he", 2}, {nullptr, 0}, {"llo", 3}};
    const IoResult result = socket_write(pair.ours.get(), slices, 3);
    EXPECT_EQ(result.kind, Kind::done);
    EXPECT_EQ(result.bytes, 5U);
    std::array<char, 5> bytes{};
    ASSERT_EQ(pair.theirs.receiveBytes(bytes.data(), bytes.size(), MSG_WAITALL), 5);
    EXPECT_EQ(std::string(bytes.data(), bytes.size()), "hello");
}

TEST(SocketWrite, takes_no_more_slices_than_the_limit) {
    SocketPairs pairs;
    const SocketPair pair = pairs.make();
    const std::vector<IoSlice> slices(io_slices_max + 10, IoSlice{"x", 1});
    const IoResult result = socket_write(pair.ours.get(), slices.data(), slices.size());
    EXPECT_EQ(result.kind, Kind::done);
    EXPECT_EQ(result.bytes, io_slices_max);
}

TEST(SocketWrite, takes_what_fits_and_then_would_block_and_nothing_is_lost) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    std::string pattern(1 << 20, '\0');
    for (size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(i % 251);
    size_t written = 0;
    bool partial = false;
    for (;;) {
        const std::string_view rest = std::string_view(pattern).substr(written % pattern.size());
        const IoResult result = write_text(pair.ours.get(), rest);
        if (result.kind == Kind::would_block) break;
        ASSERT_EQ(result.kind, Kind::done);
        partial = partial || result.bytes < rest.size();
        written += result.bytes;
    }
    EXPECT_TRUE(partial);
    socket_close(pair.ours.release());
    std::vector<char> bytes(1 << 16);
    size_t received = 0;
    for (int count = 0; (count = pair.theirs.receiveBytes(bytes.data(), 1 << 16)) > 0;) {
        for (int i = 0; i < count; ++i, ++received) {
            ASSERT_EQ(bytes[static_cast<size_t>(i)], pattern[received % pattern.size()]);
        }
    }
    EXPECT_EQ(received, written);
}

TEST(SocketWrite, to_a_peer_that_is_gone_ends_without_a_signal) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    pair.theirs.close();
    IoResult result;
    do {
        result = write_text(pair.ours.get(), "anybody there?");
    } while (result.kind == Kind::done);
    EXPECT_TRUE(result.kind == Kind::closed || result.kind == Kind::failed);
    const Kind again = write_text(pair.ours.get(), "x").kind;
    EXPECT_TRUE(again == Kind::closed || again == Kind::failed);
}

TEST(SocketStream, reads_writes_and_knows_its_peer) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    const SocketHandle handle = pair.ours.get();
    const auto stream =
        make_socket_stream({.socket = pair.ours.release(), .peer = {.ip = "1.2.3.4", .port = 5}});
    EXPECT_EQ(stream->socket(), handle);
    EXPECT_EQ(stream->peer().ip, "1.2.3.4");
    EXPECT_EQ(stream->peer().port, 5);
    const IoSlice hello{"hello", 5};
    EXPECT_EQ(stream->write(&hello, 1).bytes, 5U);
    std::array<char, 5> bytes{};
    EXPECT_EQ(pair.theirs.receiveBytes(bytes.data(), bytes.size(), MSG_WAITALL), 5);
    pair.theirs.shutdownSend();
    EXPECT_EQ(stream->read(bytes.data(), bytes.size()).kind, Kind::closed);
}

TEST(SocketStream, is_closed_for_both_sides_after_close) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    const auto stream = make_socket_stream({.socket = pair.ours.release(), .peer = {}});
    stream->close();
    stream->close();
    char byte = 0;
    const IoSlice slice{"x", 1};
    EXPECT_EQ(stream->socket(), no_socket);
    EXPECT_EQ(stream->read(&byte, 1).kind, Kind::closed);
    EXPECT_EQ(stream->write(&slice, 1).kind, Kind::closed);
    EXPECT_EQ(pair.theirs.receiveBytes(&byte, 1), 0);
}

}  // namespace
}  // namespace midge::net_test
