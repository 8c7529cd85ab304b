// A client whose messages need more memory than there is, and other clients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <thread>

#include "broker/broker.h"
#include "net/memory_stream.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;
using ::testing::HasSubstr;

// The server's end of a connection; reading from it needs more memory than there is.
class Greedy final : public Stream {
  public:
    explicit Greedy(std::unique_ptr<MemoryStream> real) : real_(std::move(real)) {}
    IoResult read(char* data, size_t size) override {
        const IoResult result = real_->read(data, size);
        if (result.kind == IoResult::Kind::done) throw std::bad_alloc();
        return result;
    }
    IoResult write(const IoSlice* slices, size_t count) override {
        return real_->write(slices, count);
    }
    void close() noexcept override { real_->close(); }
    [[nodiscard]] SocketHandle socket() const noexcept override { return real_->socket(); }
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return real_->peer(); }
    Result<Watch> watch(Reactor& reactor, IoHandler& handler, Interest interest) override {
        return real_->watch(reactor, handler, interest);
    }

  private:
    const std::unique_ptr<MemoryStream> real_;
};

TEST(OutOfMemoryTest, for_what_one_client_sends_closes_that_client) {
    LineLogger log;
    Options options;
    options.host = "127.0.0.1";
    options.port = -1;
    options.threads = 1;
    Broker broker(std::move(options), log);
    const auto started = broker.start({});
    ASSERT_TRUE(started) << started.error().text;
    RawClient other(broker.port());
    other.log_in();
    other.send("SUB a 1\r\n");
    (void)other.flush();

    auto [client, server] = MemoryStream::make_pair();
    broker.loops().front()->adopt(std::make_unique<Greedy>(std::move(server)), 0);
    const std::string_view text = "PUB a 2\r\nhi\r\n";
    const IoSlice slice{text.data(), text.size()};
    ASSERT_EQ(client->write(&slice, 1).bytes, text.size());
    IoResult last;
    do {  // INFO, then the end
        char bytes[4096];
        last = client->read(bytes, sizeof bytes);
        if (last.kind == IoResult::Kind::would_block) std::this_thread::yield();
    } while (last.kind == IoResult::Kind::done || last.kind == IoResult::Kind::would_block);
    EXPECT_EQ(last.kind, IoResult::Kind::closed);
    EXPECT_THAT(log.lines(), HasSubstr("Out of memory for what the client sends"));

    other.send("PUB a 2\r\nho\r\n");
    EXPECT_EQ(other.flush(), "MSG a 1 2\r\nho\r\n");
    broker.stop();
}

}  // namespace
}  // namespace midge
