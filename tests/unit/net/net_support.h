#pragma once
// Shared by the tests of core/net: connected sockets, handlers made from functions, and a poller
// that a test controls.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/reactor.h"
#include "net/socket.h"

namespace midge::net_test {

inline constexpr auto deadline = std::chrono::seconds(20);

// The system's texts of these two errors (system_texts_*.cpp).
extern const std::string address_in_use;
extern const std::string foreign_address;
// Whether a read reports a peer's reset as an error; otherwise it looks like an orderly end.
extern const bool resets_are_told;

class OwnedHandle {
  public:
    explicit OwnedHandle(SocketHandle handle = no_socket) : handle_(handle) {}
    OwnedHandle(OwnedHandle&& other) noexcept : handle_(std::exchange(other.handle_, no_socket)) {}
    OwnedHandle& operator=(OwnedHandle&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~OwnedHandle() {
        if (handle_ != no_socket) socket_close(handle_);
    }
    [[nodiscard]] SocketHandle get() const noexcept { return handle_; }
    [[nodiscard]] SocketHandle release() noexcept { return std::exchange(handle_, no_socket); }

  private:
    SocketHandle handle_;
};

// `ours` is a socket of core/net, `theirs` a blocking client from Poco.
struct SocketPair {
    OwnedHandle ours;
    Poco::Net::StreamSocket theirs;
};

// Makes connected pairs over the loopback interface.
class SocketPairs {
  public:
    SocketPairs() : listener_(socket_listen("127.0.0.1", 0).value()) {}
    [[nodiscard]] SocketPair make() {
        SocketPair pair;
        pair.theirs.connect(
            Poco::Net::SocketAddress("127.0.0.1", socket_local_port(listener_.get())));
        Accepted accepted;
        EXPECT_EQ(socket_accept(listener_.get(), accepted).kind, IoResult::Kind::done);
        pair.ours = OwnedHandle(accepted.socket);
        return pair;
    }

  private:
    OwnedHandle listener_;
};

struct Handler final : IoHandler {
    std::function<void()> readable = [] {};
    std::function<void()> writable = [] {};
    void on_readable() override { readable(); }
    void on_writable() override { writable(); }
};

// Returns everything that can be read now. The result that ended the reading goes to `last`.
inline std::string read_all(SocketHandle socket, IoResult* last = nullptr) {
    std::string text;
    for (;;) {
        char bytes[4096];
        const IoResult result = socket_read(socket, bytes, sizeof bytes);
        if (result.kind != IoResult::Kind::done) {
            if (last != nullptr) *last = result;
            return text;
        }
        text.append(bytes, result.bytes);
    }
}

// A reactor for each kind of poller. A test that hangs fails after `deadline`.
class ReactorTest : public testing::TestWithParam<const char*> {
  protected:
    void run() {
        bool late = false;
        const TimerId timer = reactor.after(deadline, [&] {
            late = true;
            reactor.stop();
        });
        reactor.run();
        reactor.cancel(timer);
        EXPECT_FALSE(late) << "nothing stopped the loop";
    }
    void run_one_turn() {
        reactor.stop();
        run();
    }

    Reactor reactor{make_poller(GetParam()).value()};
};

// The pollers of this system, the best first (system_texts_*.cpp).
[[nodiscard]] const std::vector<const char*>& system_pollers();
inline auto poller_names() {
    return testing::ValuesIn(system_pollers());
}
inline std::string poller_name(const testing::TestParamInfo<const char*>& info) {
    return info.param;
}

// Reports what the test has set, and counts calls.
class ScriptedPoller final : public Poller {
  public:
    struct Record {
        int wakes = 0;
        int waits = 0;
        int failing_sets = 0;                  // number of next set() calls that fail
        std::chrono::milliseconds timeout{0};  // of the last wait
        std::function<void()> on_wait;
        std::vector<Interest> sets;
    };
    explicit ScriptedPoller(Record& record) : record_(record) {}
    Result<> set(SocketHandle, uint64_t, Interest interest) override {
        if (record_.failing_sets > 0) {
            --record_.failing_sets;
            return fail("no room");
        }
        record_.sets.push_back(interest);
        return {};
    }
    void remove(SocketHandle) noexcept override {}
    void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) noexcept override {
        ++record_.waits;
        record_.timeout = timeout;
        if (record_.on_wait) record_.on_wait();
        out.clear();
    }
    void wake() noexcept override { ++record_.wakes; }
    std::string_view name() const noexcept override { return "scripted"; }

  private:
    Record& record_;
};

}  // namespace midge::net_test
