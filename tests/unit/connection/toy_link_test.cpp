// Shows a link between servers with its own text protocol. "+ a" and "- a" say which subjects an
// end wants, and "M a text" is a message. The link learns about interests, and gets each message
// once.
#include <gtest/gtest.h>

#include <set>

#include "connection/connection.h"
#include "unit/connection/peer.h"
#include "unit/connection/small_server.h"

namespace midge {
namespace {

// Stages messages for the other end, on the threads of publishers.
struct OtherEnd final : LinkTarget {
    explicit OtherEnd(Ref<Outbound> of) : outbound(std::move(of)) {}
    bool deliver(RoutingLane& lane, const PublishCommand& message, const Origin&,
                 std::string_view queue) override {
        Staged& staged = lane.outbound().stage(*outbound);
        lane.outbound().append(staged, fmt::format("M {}{}{} {}\n", message.subject,
                                                   queue.empty() ? "" : " ", queue, message.body));
        return true;
    }
    const Ref<Outbound> outbound;
};

class ToyLink final : public Connection {
  public:
    ToyLink(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener,
            Account& account)
        : Connection(loop, id, std::move(stream), listener), account_(account) {}

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Link"; }
    void open() override {
        feed_ = make_ref<InterestFeed>([&loop = loop(), id = id()] {
            loop.post([&loop, id] {
                if (auto* const link = static_cast<ToyLink*>(loop.find(id))) link->tell();
            });
        });
        account_.index().observe(feed_);
    }
    void tell() {
        for (const InterestChange& change : feed_->take())
            send(fmt::format("{} {}\n", change.wanted ? '+' : '-', change.subject));
    }
    void read_commands() override {
        char* const buffer = loop().read_buffer();
        const IoResult result = outbound().stream().read(buffer, EventLoop::usual_read_bytes);
        if (took_input(result)) take_early({buffer, result.bytes});
    }
    void take_early(std::string_view input) override {  // whole lines, as the test sends them
        for (; !input.empty(); input.remove_prefix(input.find('\n') + 1)) {
            std::string subject(input.substr(2, input.find('\n') - 2)), queue;  // "+ a queue"
            if (const size_t blank = subject.find(' '); blank != std::string::npos) {
                queue = subject.substr(blank + 1);
                subject.resize(blank);
            }
            wants_.push_back(make_ref<LinkSubscription>(std::move(subject), queue, target_));
            account_.index().insert(wants_.back());
        }
        send("ok\n");
    }
    void leave() override {
        if (feed_) account_.index().forget(*feed_);
        for (const auto& subscription : wants_) account_.index().remove(*subscription);
    }
    Account& account_;
    Ref<InterestFeed> feed_;
    const Ref<LinkTarget> target_ = make_ref<OtherEnd>(outbound_ref());
    std::vector<Ref<LinkSubscription>> wants_;
};

class ToyLinkTest : public test::SmallServer {
  protected:
    ToyLinkTest() {
        ListenerSettings listener;
        listener.role = std::make_shared<test::RoleOf<ToyLink, Account>>(account_);
        serve({listener});
    }
    ~ToyLinkTest() override { stop(); }
    void publish(std::string_view subject, std::string_view body) {
        lane_.publish(account_, {.subject = subject, .body = body}, Origin{&account_});
        lane_.commit();
    }
    Account account_{"A", 2, false};
    RoutingLane lane_{1, 2, log_};
};

TEST_F(ToyLinkTest, gets_a_message_once_for_three_matching_interests) {
    test::Peer link(port());
    link.send("+ a.b\n+ a.*\n+ >\n");
    EXPECT_EQ(link.read_line(), "ok");
    publish("a.b", "one");
    publish("c", "two");
    EXPECT_EQ(link.read_line(), "M a.b one");
    EXPECT_EQ(link.read_line(), "M c two");
}

TEST_F(ToyLinkTest, gets_a_message_for_each_queue_group_that_chooses_it) {
    test::Peer link(port());
    link.send("+ a\n+ a q1\n+ * q1\n+ * q2\n");
    EXPECT_EQ(link.read_line(), "ok");
    publish("a", "one");
    std::set<std::string> lines;
    for (int i = 0; i < 3; ++i) lines.insert(link.read_line());
    EXPECT_EQ(lines, (std::set<std::string>{"M a one", "M a q1 one", "M a q2 one"}));
    publish("b", "two");
    lines = {link.read_line(), link.read_line()};
    EXPECT_EQ(lines, (std::set<std::string>{"M b q1 two", "M b q2 two"}));
}

TEST_F(ToyLinkTest, learns_when_interest_begins_and_ends) {
    struct Nobody final : InternalReceiver {
        void on_message(const PublishCommand&, const Origin&) override {}
    } nobody;
    const auto first = make_ref<ServiceSubscription>("a", nobody);
    const auto second = make_ref<ServiceSubscription>("a", nobody);
    account_.index().insert(first);
    test::Peer link(port());
    EXPECT_EQ(link.read_line(), "+ a");
    link.send("+ of.the.link\n");  // the link must not be told about this one
    EXPECT_EQ(link.read_line(), "ok");
    account_.index().insert(second);
    account_.index().remove(*first);
    account_.index().remove(*second);
    EXPECT_EQ(link.read_line(), "- a");
    account_.index().insert(second);
    EXPECT_EQ(link.read_line(), "+ a");
}

}  // namespace
}  // namespace midge
