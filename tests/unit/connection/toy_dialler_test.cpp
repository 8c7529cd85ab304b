// Proof of room: connections that the server dials, over TLS, again and again until somebody
// answers.
#include <gtest/gtest.h>

#include <future>

#include "connection/dialler.h"
#include "support/certificates.h"
#include "unit/connection/small_server.h"

namespace midge {
namespace {

// Says hello to who has dialled.
class Greeter final : public Connection {
  public:
    using Connection::Connection;

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Greeter"; }
    void open() override { send("hello"); }
    void read_commands() override { close(CloseReason::client_closed); }
    void take_early(std::string_view) override {}
};

// What the dialled connections hear, one after the other.
struct Heard {
    std::promise<std::string> text;
    Dialler* dialler = nullptr;
};

class Listening final : public Connection {
  public:
    Listening(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener,
              Heard& heard)
        : Connection(loop, id, std::move(stream), listener), heard_(heard) {}

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Listening"; }
    void read_commands() override {
        char* const buffer = loop().read_buffer();
        const IoResult result = outbound().stream().read(buffer, EventLoop::usual_read_bytes);
        if (took_input(result)) heard_.text.set_value({buffer, result.bytes});
    }
    void take_early(std::string_view) override {}
    Heard& heard_;
};

struct DiallingRole final : test::RoleOf<Listening, Heard> {
    explicit DiallingRole(Heard& of) : RoleOf(of), heard(of) {}
    void closed(uint64_t) const override { heard.dialler->redial(); }
    Heard& heard;
};

class ToyDiallerTest : public test::SmallServer {
  protected:
    void start() {
        TlsOptions tls;
        tls.timeout = std::chrono::seconds(20);
        tls.ca_file = test::certificate_path("ca.pem");
        ListenerSettings dialling;
        dialling.tls = *TlsSource::from(tls, TlsSide::client);
        tls.certificates = {
            {test::certificate_path("server.pem"), test::certificate_path("server.key")}};
        tls.order = HandshakeOrder::handshake_first;
        ListenerSettings greeting;
        greeting.role = std::make_shared<test::RoleOf<Greeter>>();
        greeting.tls = *TlsSource::from(tls);
        greeting.tls_options = dialling.tls_options = tls;
        dialling.role = std::make_shared<DiallingRole>(heard_);
        const uint16_t port = listen(0, 0)->port();  // free again
        dialling.dial = DialSettings{{{"localhost", port}},
                                     std::chrono::seconds(20),
                                     std::chrono::milliseconds(1),
                                     std::chrono::milliseconds(8)};
        serve({greeting, dialling});
        loop_.post([this] {
            heard_.dialler = dialler_.get();
            dialler_->dial();
        });
        wait_for("attempt 3");
        loop_.post([this, port] { listeners_[0] = listen(0, port); });
    }
    ~ToyDiallerTest() override {
        loop_.post([this] { dialler_->stop(); });
        stop();
    }
    void wait_for(std::string_view line) {
        while (log_.lines().find(line) == std::string::npos) std::this_thread::yield();
    }
    Heard heard_;
    NameLookup names_;
    std::unique_ptr<Dialler> dialler_ = std::make_unique<Dialler>(loop_, 1, names_);
};

TEST_F(ToyDiallerTest, dials_until_somebody_answers_and_again_after_the_end) {
    start();
    EXPECT_EQ(heard_.text.get_future().get(), "hello");
    loop_.post([this] {
        heard_.text = {};
        for (Connection* const connection : loop_.connections())
            connection->close(CloseReason::client_closed);
    });
    wait_for("closed: Client Closed");
    std::promise<std::future<std::string>> second;
    loop_.post([&] { second.set_value(heard_.text.get_future()); });
    EXPECT_EQ(second.get_future().get().get(), "hello");
}

}  // namespace
}  // namespace midge
