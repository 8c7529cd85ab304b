// Shows that the server can dial connections over TLS, again and again until they are accepted.
#include <gtest/gtest.h>

#include <future>

#include "support/certificates.h"
#include "unit/connection/dialled.h"
#include "unit/connection/small_server.h"

namespace midge {
namespace {

using test::Heard;
using test::Reader;

// Sends a greeting to the dialling side.
class Greeter final : public Reader {
    using Reader::Reader;
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Greeter"; }
    void open() override { send("hello"); }
};

class Listening final : public Reader {
  public:
    Listening(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener,
              Heard& heard)
        : Reader(loop, id, std::move(stream), listener), heard_(heard) {}

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Listening"; }
    void greet() override { heard_.add("greeted, though it has dialled"); }
    void take_early(std::string_view input) override {
        heard_.dialler->succeeded();
        heard_.add(input);
    }
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
        const uint16_t port = listen(0, 0)->port();  // the port is free again
        dialling.dial = DialSettings{{{"localhost", port}},
                                     std::chrono::seconds(20),
                                     std::chrono::milliseconds(1),
                                     std::chrono::milliseconds(8)};
        serve({greeting, dialling});
        loop_.post([this] {
            heard_.dialler = dialler_.get();
            dialler_->dial();
        });
        std::promise<void> failed;
        loop_.post([this, &failed] { await_failures(failed); });
        failed.get_future().wait();
        loop_.post([this, port] { listeners_[0] = listen(0, port); });
    }
    ~ToyDiallerTest() override {
        loop_.post([this] { dialler_->stop(); });
        stop();
    }
    void await_failures(std::promise<void>& failed) {
        if (dialler_->failures() >= 3) {
            failed.set_value();
        } else {
            loop_.reactor().after(std::chrono::milliseconds(1),
                                  [this, &failed] { await_failures(failed); });
        }
    }
    Heard heard_;
    NameLookup names_;
    std::unique_ptr<Dialler> dialler_ = std::make_unique<Dialler>(loop_, 1, names_);
};

TEST_F(ToyDiallerTest, dials_until_somebody_answers_and_again_after_the_end) {
    start();
    EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"hello"});
    loop_.post([this] {
        EXPECT_EQ(dialler_->failures(), 0U);
        for (Connection* const connection : loop_.connections())
            connection->close(CloseReason::client_closed);
    });
    EXPECT_EQ(heard_.wait(2), (std::vector<std::string>{"hello", "hello"}));
}

}  // namespace
}  // namespace midge
